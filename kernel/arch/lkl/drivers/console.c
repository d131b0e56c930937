// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's log goes to the host's print, with its level.  Messages come
 * in the syslog format, "<level>text", one or several lines at a time.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/kern_levels.h>
#include <linux/printk.h>
#include <asm/host.h>

#define DEFAULT_LEVEL	(LOGLEVEL_INFO)

/* Parses "<5>" (facility bits included), returns what is behind it. */
static const char *skip_level(const char *s, const char *end, int *level)
{
	const char *p = s;
	int val = 0;

	if (p == end || *p++ != '<')
		return s;
	while (p < end && *p >= '0' && *p <= '9')
		val = val * 10 + *p++ - '0';
	if (p == end || *p++ != '>')
		return s;
	*level = val & 7;
	return p;
}

static void lkl_console_write(struct console *con, const char *s,
			      unsigned int len)
{
	const char *end = s + len, *eol;
	int level = DEFAULT_LEVEL;

	while (s < end) {
		s = skip_level(s, end, &level);
		eol = memchr(s, '\n', end - s);
		eol = eol ? eol + 1 : end;
		host_print(level, s, eol - s);
		s = eol;
	}
}

static struct console lkl_console = {
	.name = "lkl",
	.write = lkl_console_write,
	.flags = CON_PRINTBUFFER | CON_ENABLED | CON_ANYTIME,
	.index = -1,
};

/*
 * There is no /dev/console: the first descriptor that a program opens is 0.
 * The kernel need not complain of that on its way to user mode.
 */
static int program_loglevel;

static int __init lkl_console_hush(void)
{
	program_loglevel = console_loglevel;
	console_loglevel = CONSOLE_LOGLEVEL_MIN;
	return 0;
}
late_initcall_sync(lkl_console_hush);

void lkl_console_booted(void)
{
	console_loglevel = program_loglevel;
}

/*
 * Only now is the format known; what was said before is printed as well.  A
 * kernel that dies earlier has no console yet.
 */
void lkl_console_init(void)
{
	static bool registered;

	if (registered)
		return;
	registered = true;
	register_console(&lkl_console);
}

static int __init lkl_console_start(void)
{
	lkl_console_init();
	return 0;
}
console_initcall(lkl_console_start);
