// SPDX-License-Identifier: GPL-2.0
/*
 * The console: passes the kernel's log to the host, with the level of each
 * message.  Messages arrive in the syslog format, "<level>text", one or several
 * lines at a time.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/kern_levels.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/drivers.h>
#include <asm/host.h>

#define DEFAULT_LEVEL	(LOGLEVEL_INFO)

/* Parse "<5>", also with facility bits.  Return the text after it. */
static const char *console_parse_level(const char *s, const char *end,
				       int *level)
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
		s = console_parse_level(s, end, &level);
		eol = memchr(s, '\n', end - s);
		eol = eol ? eol + 1 : end;
		lkl_host_print(level, s, eol - s);
		s = eol;
	}
}

static struct console lkl_console = {
	.name = "lkl",
	.write = lkl_console_write,
	.flags = CON_PRINTBUFFER | CON_ENABLED | CON_ANYTIME,
	.index = -1,
};

static int program_loglevel;

/*
 * Suppress one message on the way to user mode: the warning that there is no
 * /dev/console.  The console has no tty, so that the first descriptor that the
 * program opens is 0.
 */
static int __init lkl_console_mute(void)
{
	program_loglevel = console_loglevel;
	console_loglevel = CONSOLE_LOGLEVEL_MIN;
	return 0;
}
late_initcall_sync(lkl_console_mute);

/* Restore the log level when boot is over. */
void lkl_console_booted(void)
{
	console_loglevel = program_loglevel;
}

/*
 * Register the console, unless it is registered already.  Boot does so when the
 * command line, which gives the format of messages, has been parsed; earlier
 * messages are printed then.  A panic before that point calls this function too.
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
