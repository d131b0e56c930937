# SPDX-License-Identifier: GPL-2.0
"""Commands of gdb for programs that run LKL.

	lkl-symbols [FILE]	load the symbols of the kernel image
	lkl-tasks [-b]		list the kernel's tasks; -b: with backtraces

The commands work on a live program and on a core file.  gdb loads this script
together with liblkl when liblkl is installed below /usr; otherwise use the
command: source lkl-gdb.py
"""
import os
import re
import struct

import gdb

IMAGES = ('lkl-kernel.so', 'vmlinux')
LAYOUT = struct.Struct('<10IQQ')
STATES = {0: 'R', 1: 'S', 2: 'D', 4: 'T', 8: 't', 0x402: 'I'}


def image_mapping():
    """Return the path and the start address of the mapped kernel image."""
    for line in gdb.execute('info proc mappings', to_string=True).splitlines():
        m = re.match(r'\s*0x([0-9a-f]+)\s.*?(/.*)$', line)
        if m and os.path.basename(m.group(2)) in IMAGES:
            return m.group(2), int(m.group(1), 16)
    raise gdb.GdbError('No kernel image is mapped. Call lkl_start_kernel() first.')


def symbol_file(image):
    """Return the path of the file with the symbols of the kernel image."""
    directory = os.path.dirname(image)
    for path in (image + '.debug', '/usr/lib/debug' + image + '.debug',
                 os.path.join(directory, 'linux', 'obj', 'vmlinux')):
        if os.path.exists(path):
            return path
    return image


def u64(addr):
    return struct.unpack('<Q', gdb.selected_inferior().read_memory(addr, 8))[0]


def u32(addr):
    return struct.unpack('<I', gdb.selected_inferior().read_memory(addr, 4))[0]


class Layout:
    """The struct lkl_gdb_layout of arch/lkl/kernel/gdb.c."""

    def __init__(self):
        try:
            addr = int(gdb.parse_and_eval('(long)&lkl_gdb_layout'))
        except gdb.error:
            raise gdb.GdbError('The symbols of the kernel are not loaded. Load them with: lkl-symbols [FILE]')
        data = gdb.selected_inferior().read_memory(addr, LAYOUT.size)
        (version, self.stack_size, self.tasks, self.signal, self.thread_head,
         self.thread_node, self.pid, self.comm, self.state, self.sp,
         self.init_task, left_sp) = LAYOUT.unpack(data)
        if version != 1:
            raise gdb.GdbError(f'This script reads version 1 of lkl_gdb_layout, the kernel has version {version}.')
        self.left_sp = u64(left_sp)

    def slot(self, sp):
        return sp & ~(self.stack_size - 1)

    def list_entries(self, head, link):
        """Yield the objects whose member @link is on the list @head."""
        pos = u64(head)
        while pos != head:
            yield pos - link
            pos = u64(pos)

    def all_tasks(self):
        processes = [self.init_task]
        processes += self.list_entries(self.init_task + self.tasks, self.tasks)
        for process in processes:
            head = u64(process + self.signal) + self.thread_head
            yield from self.list_entries(head, self.thread_node)

    def stack_pointer(self, task):
        """Return the stack pointer of a task that does not run."""
        sp = u64(task + self.sp)
        if self.slot(sp) == self.slot(self.left_sp):
            return self.left_sp
        return sp

    def backtrace(self, sp):
        """Yield the return addresses of the chain of frame pointers."""
        frame = sp
        while self.slot(frame) == self.slot(sp):
            yield u64(frame + 8)
            above = u64(frame)
            if above <= frame:
                break
            frame = above


def running_stacks(layout):
    """Return a map of the slots that threads run in now to the threads."""
    selected = gdb.selected_thread()
    slots = {}
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        sp = int(gdb.parse_and_eval('(unsigned long)$sp'))
        slots[layout.slot(sp)] = thread.num
    if selected:
        selected.switch()
    return slots


def symbol_name(addr):
    text = gdb.execute(f'info symbol {addr:#x}', to_string=True)
    if text.startswith('No symbol'):
        return f'{addr:#x}'
    return text.split(' in section')[0].split(' of ')[0].strip()


class LklSymbols(gdb.Command):
    """Load the symbols of the kernel image: lkl-symbols [FILE]"""

    def __init__(self):
        super().__init__('lkl-symbols', gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, arg, from_tty):
        image, base = image_mapping()
        path = arg.strip() or symbol_file(image)
        gdb.execute(f'add-symbol-file {path} -o {base:#x}', to_string=True)
        print(f'{path} at {base:#x}')


class LklTasks(gdb.Command):
    """List the tasks of the kernel: lkl-tasks [-b]

-b prints a backtrace of each task that sleeps."""

    def __init__(self):
        super().__init__('lkl-tasks', gdb.COMMAND_STATUS)

    def invoke(self, arg, from_tty):
        layout = Layout()
        running = running_stacks(layout)
        for task in layout.all_tasks():
            self.show(layout, task, running, '-b' in arg.split())

    def show(self, layout, task, running, with_backtrace):
        memory = gdb.selected_inferior().read_memory(task + layout.comm, 16)
        comm = bytes(memory).split(b'\0')[0].decode('ascii', 'replace')
        state = u32(task + layout.state)
        sp = layout.stack_pointer(task)
        thread = running.get(layout.slot(sp))
        where = f'  on thread {thread} of the program' if thread else ''
        print(f'{u32(task + layout.pid):5} {STATES.get(state, hex(state)):2} {comm}{where}')
        if with_backtrace and not thread:
            for level, addr in enumerate(layout.backtrace(sp)):
                print(f'      #{level:<2} {symbol_name(addr)}')


LklSymbols()
LklTasks()
