// SPDX-License-Identifier: GPL-2.0
/* Linked statically: cannot be hijacked. */
int main(void)
{
	return 0;
}
