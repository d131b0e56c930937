#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A tun interface that a program makes is an interface of the inner kernel, for
which the program needs no privileges, and carries packets of its sockets."""
import fcntl
import os
import select
import socket
import struct
import subprocess

TUNSETIFF, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x400454ca, 0x8914, 0x8916, 0x891c
IFF_UP, IFF_TUN, IFF_NO_PI = 1, 1, 0x1000
NAME = b'inner-tun0'


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, target, data):
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(data), 0, 0, 64, socket.IPPROTO_UDP,
                         0, socket.inet_aton(source), socket.inet_aton(target))
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + data


def address(ip):
    return struct.pack('16sHH4s8x', NAME, socket.AF_INET, 0, socket.inet_aton(ip))


tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
assert tun > 2 and not os.get_inheritable(tun)
fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', NAME, IFF_TUN | IFF_NO_PI))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, SIOCSIFADDR, address('10.7.0.1'))
    fcntl.ioctl(s, SIOCSIFNETMASK, address('255.255.255.0'))
    fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack('16sH22x', NAME, IFF_UP))
assert socket.if_nametoindex(NAME.decode())

# A child is on the host's network, which has no such interface.
links = subprocess.run(['ip', '-o', 'link'], stdout=subprocess.PIPE, check=True).stdout
assert NAME not in links, links

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(('10.7.0.1', 1000))
    s.settimeout(20)
    s.sendto(b'question', ('10.7.0.2', 2000))
    packet = b''
    while not packet.endswith(b'question'):
        assert select.select([tun], [], [], 20)[0], 'no packet came'
        packet = os.read(tun, 2000)
    assert packet[12:20] == socket.inet_aton('10.7.0.1') + socket.inet_aton('10.7.0.2')
    answer = struct.pack('!HHHH', 2000, 1000, 8 + 6, 0) + b'answer'
    os.write(tun, ipv4('10.7.0.2', '10.7.0.1', answer))
    assert s.recvfrom(100) == (b'answer', ('10.7.0.2', 2000))
os.close(tun)
try:
    socket.if_nametoindex(NAME.decode())
    raise SystemExit('the interface stays')
except OSError:
    pass
