# SPDX-License-Identifier: GPL-2.0
"""An echo server and a client that checks it, in each of Python's ways to wait.

usage: programs.py server KIND PORT
       programs.py client KIND ADDRESS PORT CONNECTIONS ROUNDS
"""
import asyncio
import os
import select
import selectors
import socket
import sys
import threading

LENGTH = 3000


def message(connection, n):
    return (b'%d:%d;' % (connection, n) * LENGTH)[:LENGTH]


class Select:
    """select() in the clothes of a selector; it also waits for a pipe of the host."""

    def __init__(self):
        self.data = {}

    def register(self, f, events, data):
        self.data[f] = data

    def unregister(self, f):
        del self.data[f]

    def select(self):
        ready, _, _ = select.select(list(self.data), [], [])
        return [(f, self.data[f]) for f in ready]


class Wrapped(Select):
    def __init__(self, selector):
        self.selector = selector

    def register(self, f, events, data):
        self.selector.register(f, events, data)

    def unregister(self, f):
        self.selector.unregister(f)

    def select(self):
        return [(key.fileobj, key.data) for key, _ in self.selector.select()]


def selector(kind):
    if kind == 'select':
        return Select()
    return Wrapped({'poll': selectors.PollSelector, 'epoll': selectors.EpollSelector,
                    'selectors': selectors.DefaultSelector}[kind]())


def listener(port):
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(('::', port))
    s.listen(100)
    return s


def serve_selecting(kind, port):
    sel, s, pipe = selector(kind), listener(port), os.pipe()
    sel.register(s, selectors.EVENT_READ, 'accept')
    # One of the host's, so that each wait is for both kinds.
    sel.register(pipe[0], selectors.EVENT_READ, 'host')
    while True:
        for f, what in sel.select():
            if what == 'accept':
                connection, _ = s.accept()
                sel.register(connection, selectors.EVENT_READ, 'echo')
                os.write(pipe[1], b'x')
            elif what == 'host':
                os.read(pipe[0], 1)
            else:
                data = f.recv(65536)
                f.sendall(data)
                if not data:
                    sel.unregister(f)
                    f.close()


def serve_threads(port):
    def echo(connection):
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)

    s = listener(port)
    while True:
        threading.Thread(target=echo, args=(s.accept()[0],), daemon=True).start()


async def serve_asyncio(port):
    async def echo(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, sock=listener(port))
    await server.serve_forever()


def client_selecting(kind, address, connections, rounds):
    sel, pipe, state = selector(kind), os.pipe(), {}
    sel.register(pipe[0], selectors.EVENT_READ, None)
    for i in range(connections):
        s = socket.create_connection(address, 60)
        s.setblocking(False)
        sel.register(s, selectors.EVENT_READ, i)
        state[i] = [0, b'']
        s.sendall(message(i, 0))
    while state:
        for f, i in sel.select():
            if i is None:
                os.read(f, 1)
                continue
            state[i][1] += f.recv(LENGTH)
            if len(state[i][1]) < LENGTH:
                continue
            assert state[i][1] == message(i, state[i][0])
            os.write(pipe[1], b'x')
            state[i] = [state[i][0] + 1, b'']
            if state[i][0] == rounds:
                sel.unregister(f)
                f.close()
                del state[i]
            else:
                f.sendall(message(i, state[i][0]))


def client_threads(address, connections, rounds):
    right = []

    def talk(i):
        with socket.create_connection(address, 60) as s:
            # With a time limit, MSG_WAITALL would not wait.
            s.settimeout(None)
            for n in range(rounds):
                s.sendall(message(i, n))
                assert s.recv(LENGTH, socket.MSG_WAITALL) == message(i, n)
        right.append(i)

    threads = [threading.Thread(target=talk, args=(i,)) for i in range(connections)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(right) == connections


async def client_asyncio(address, connections, rounds):
    async def talk(i):
        reader, writer = await asyncio.open_connection(*address)
        for n in range(rounds):
            writer.write(message(i, n))
            assert await reader.readexactly(LENGTH) == message(i, n)
        writer.close()
        await writer.wait_closed()

    await asyncio.wait_for(asyncio.gather(*(talk(i) for i in range(connections))), 100)


def main():
    role, kind = sys.argv[1:3]
    if role == 'server':
        port = int(sys.argv[3])
        if kind == 'asyncio':
            asyncio.run(serve_asyncio(port))
        elif kind == 'threads':
            serve_threads(port)
        else:
            serve_selecting(kind, port)
    address = (sys.argv[3], int(sys.argv[4]))
    connections, rounds = map(int, sys.argv[5:7])
    if kind == 'asyncio':
        asyncio.run(client_asyncio(address, connections, rounds))
    elif kind == 'threads':
        client_threads(address, connections, rounds)
    else:
        client_selecting(kind, address, connections, rounds)


main()
