#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Servers and clients on LKL's loopback with Python's event loops, which mix
sockets with pipes, local sockets, eventfds and signals."""
import asyncio
import os
import selectors
import signal
import socket
import socketserver
import subprocess
import threading

CLIENTS = 200


class Server(socketserver.ThreadingTCPServer):
    # With a shorter one, clients would have to try again.
    request_queue_size = CLIENTS


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


def threads():
    with Server(('127.0.0.1', 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        clients = [socket.create_connection(server.server_address) for _ in range(CLIENTS)]
        for i, c in enumerate(clients):
            c.sendall(b'line %d\n' % i)
        for i, c in enumerate(clients):
            with c, c.makefile() as f:
                assert f.readline() == f'line {i}\n'
        server.shutdown()


def select_with(kind):
    """An echo server in one thread that a pipe stops."""
    r, w = os.pipe()
    listener = socket.create_server(('127.0.0.1', 0), backlog=CLIENTS)

    def serve():
        with kind() as sel:
            sel.register(listener, selectors.EVENT_READ)
            sel.register(r, selectors.EVENT_READ)
            while True:
                for key, _ in sel.select():
                    if key.fileobj == r:
                        return
                    if key.fileobj is listener:
                        sel.register(listener.accept()[0], selectors.EVENT_READ)
                        continue
                    data = key.fileobj.recv(4096)
                    if data:
                        key.fileobj.sendall(data)
                    else:
                        sel.unregister(key.fileobj)
                        key.fileobj.close()

    t = threading.Thread(target=serve)
    t.start()
    clients = [socket.create_connection(listener.getsockname()) for _ in range(CLIENTS)]
    for i, c in enumerate(clients):
        c.sendall(b'%d' % i)
    for i, c in enumerate(clients):
        assert c.recv(100) == b'%d' % i
        c.close()
    os.write(w, b'x')
    t.join()
    os.close(r)
    os.close(w)
    listener.close()


async def loop():
    async def echo(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def client(port, n):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        data = os.urandom(100000)
        writer.write(data)
        writer.write_eof()
        assert await reader.read() == data
        writer.close()
        await writer.wait_closed()
        return n

    server = await asyncio.start_server(echo, '127.0.0.1', 0, backlog=CLIENTS)
    port = server.sockets[0].getsockname()[1]
    got = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, got.set)
    results = await asyncio.gather(*(client(port, n) for n in range(CLIENTS)))
    assert results == list(range(CLIENTS))
    os.kill(os.getpid(), signal.SIGUSR1)
    await got.wait()
    # Children and threads of the pool, in the same loop.
    child = await asyncio.create_subprocess_exec('echo', 'child', stdout=subprocess.PIPE)
    assert (await child.communicate())[0] == b'child\n'
    assert await asyncio.to_thread(lambda: 42) == 42
    server.close()
    await server.wait_closed()


def main():
    threads()
    for kind in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
        select_with(kind)
    asyncio.run(loop())
    assert os.readlink('/proc/self/fd/%d' % socket.socket().detach()).startswith('/memfd:lkl')
    print('ok')


main()
