# SPDX-License-Identifier: GPL-2.0
"""One run of iperf3, and what both of its ends cost.

usage: net-stream.py PORT 'SERVER...' 'CLIENT...'

The commands are words that run a program in the right place; iperf3 and its
arguments are added to them. Prints gigabits per second and seconds of CPU time per
gigabyte.
"""
import json
import os
import select
import shlex
import subprocess
import sys


def cost(process):
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def ready(server):
    """Until it says that it listens."""
    text = b''
    while b'Server listening' not in text:
        if not select.select([server.stdout], [], [], 60)[0]:
            sys.exit('the server does not start')
        block = os.read(server.stdout.fileno(), 4096)
        if not block:
            sys.exit(f'the server ends: {text}')
        text += block


def main():
    port, server, client = sys.argv[1], shlex.split(sys.argv[2]), shlex.split(sys.argv[3])
    server = subprocess.Popen(server[:1] + server[1:] + ['iperf3', '-s', '-1', '-p', port, '--forceflush'],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    ready(server)
    at = client.index('--')
    command = client[:at] + ['iperf3', '-J', '-p', port] + client[at + 1:]
    with open('iperf3.json', 'wb') as out:
        client = subprocess.Popen(command, stdout=out)
        seconds = cost(client)
    while os.read(server.stdout.fileno(), 65536):
        pass
    seconds += cost(server)
    with open('iperf3.json', encoding='utf-8') as f:
        end = json.load(f)['end']
    if client.returncode:
        sys.exit(f'iperf3 fails: {client.returncode}')
    received = end['sum_received']
    print(f'{received["bits_per_second"] / 1e9:.2f} {seconds / (received["bytes"] / 1e9):.3f}')


main()
