/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The beginning of a program.
 */
#ifndef COMMON_HOST_HOST_MAIN_H
#define COMMON_HOST_HOST_MAIN_H

/*
 * Prepare the process; main() calls this function first, with its arguments.  From
 * then on, the arguments are UTF-8, standard input and output change no byte, and
 * no file that the program opens becomes standard input, output or error.
 */
void host_main_begin(int *argc, char ***argv);

#endif /* COMMON_HOST_HOST_MAIN_H */
