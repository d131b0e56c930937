// SPDX-License-Identifier: GPL-2.0
/* Do nothing: the time is wine's own. */

int main(void)
{
	return 0;
}
