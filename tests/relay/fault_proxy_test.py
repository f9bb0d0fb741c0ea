#!/usr/bin/env python3
"""The fault proxy, before a server that counts what it is asked."""
import contextlib
import socket
import socketserver
import threading
import unittest

import fault_proxy
from programs import until

ANSWER = b'answer to '
PATIENCE_S = 20


class counting(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            for line in self.rfile:
                self.server.asked.append(line)
                self.wfile.write(ANSWER + line)
        self.server.ended += 1


class server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), counting)
        self.asked = []
        self.ended = 0
        threading.Thread(target=self.serve_forever, args=(.02,), daemon=True).start()


class the_proxy(unittest.TestCase):
    def setUp(self):
        self.server = server()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def proxy(self, schedule, **more):
        made = fault_proxy.fault_proxy(self.server.server_address[1], 1, schedule, **more)
        self.addCleanup(made.close)
        return made

    def connect(self, proxy):
        made = socket.create_connection(('127.0.0.1', proxy.port), PATIENCE_S)
        self.addCleanup(made.close)
        return made

    def ask(self, proxy, line=b'question\n'):
        """What a client of one turn reads until the connection ends, or the answer is whole."""
        asking = self.connect(proxy)
        got = b''
        with contextlib.suppress(ConnectionError):
            asking.sendall(line)
            while got != ANSWER + line and (more := asking.recv(1000)):
                got += more
        return got

    def always(self, kind, **more):
        return self.proxy([(1000, {kind: 1})], **more)

    def test_passes_what_is_not_scheduled(self):
        proxy = self.proxy([])
        asking = self.connect(proxy)
        for number in range(3):
            asking.sendall(b'%d\n' % number)
            self.assertEqual(asking.recv(100), ANSWER + b'%d\n' % number)
        self.assertEqual((proxy.done, len(self.server.asked)), ({'pass': 3}, 3))

    def test_ends_both_sides_when_a_client_leaves(self):
        proxy = self.proxy([])
        self.connect(proxy).close()
        until('the end', lambda: self.server.ended == 1)

    def test_brings_late_and_dripping_answers_whole(self):
        for kind in ('delay', 'drip'):
            with self.subTest(kind=kind):
                self.assertEqual(self.ask(self.always(kind)), ANSWER + b'question\n')

    def test_cuts_before_the_server_sees_anything(self):
        for kind in ('cut_before', 'refuse'):
            with self.subTest(kind=kind):
                self.assertEqual(self.ask(self.always(kind)), b'')
        until('the end', lambda: self.server.ended == 2)
        self.assertEqual(self.server.asked, [])

    def test_lets_the_server_act_and_the_client_not_know_it(self):
        for kind in ('cut_after', 'truncate', 'garbage', 'black_hole'):
            with self.subTest(kind=kind):
                self.server.asked.clear()
                got = self.ask(self.always(kind, black_hole_s=0.05))
                self.assertEqual(self.server.asked, [b'question\n'])
                self.assertNotEqual(got, ANSWER + b'question\n')
                self.assertEqual(got.startswith(ANSWER[:1]) or not got, kind != 'garbage')

    def test_leaves_a_black_hole_when_the_client_does(self):
        proxy = self.always('black_hole', black_hole_s=10_000)
        asking = self.connect(proxy)
        asking.sendall(b'question\n')
        until('the question', lambda: self.server.asked)
        asking.close()
        until('the end', lambda: self.server.ended == 1)

    def test_refuses_for_a_while_and_listens_again(self):
        proxy = self.proxy([(1, {'refuse': 1})])
        self.ask(proxy)

        def is_refused():
            try:
                self.connect(proxy).close()
            except ConnectionRefusedError:
                return True
            return False
        until('a refusal', is_refused)
        until('an end of it', lambda: not is_refused())
        self.assertEqual(self.ask(proxy), ANSWER + b'question\n')

    def test_does_the_same_again_with_the_same_seed(self):
        drawn = []
        for _ in range(2):
            proxy = self.proxy([(50, {'cut_before': .3, 'drip': .3}), (50, {'garbage': .5})])
            drawn.append([proxy.draw() for _ in range(150)])
        self.assertEqual(*drawn)
        self.assertEqual(set(drawn[0][:50]), {'pass', 'cut_before', 'drip'})
        self.assertEqual(set(drawn[0][50:100]), {'pass', 'garbage'})
        self.assertEqual(set(drawn[0][100:]), {'pass'})

    def test_survives_a_server_that_is_not_there(self):
        proxy = self.proxy([])
        self.server.shutdown()
        self.server.server_close()
        self.assertEqual(self.ask(proxy), b'')


if __name__ == '__main__':
    unittest.main()
