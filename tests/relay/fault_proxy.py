"""A TCP proxy that misbehaves: by a schedule, and with a seed that decides where it strikes.

It knows nothing of HTTP but that the two sides take turns: what the client sends after an answer
begins a new turn, and every turn has one fate.

    pass        as it comes
    delay       request and answer come late
    cut_before  the connection ends; the server sees nothing of the request
    cut_after   the server has the whole request, the client sees nothing of the answer
    truncate    the answer ends after its first bytes
    drip        the answer comes byte by byte
    garbage     in place of the answer bytes that are none
    black_hole  the server has the request, the client waits and waits
    refuse      as cut_before, and for a while nobody can connect
"""
import asyncio
import collections
import contextlib
import random
import socket
import struct
import threading

KINDS = ('pass', 'delay', 'cut_before', 'cut_after', 'truncate', 'drip', 'garbage', 'black_hole',
         'refuse')
LOSES_ANSWERS = ('cut_after', 'truncate', 'garbage', 'black_hole')
CHUNK = 64 << 10
DRIPPED = 300       # bytes that come one by one
DRIP_S = 0.002
DELAY_S = 0.5       # at most
REFUSE_S = 0.5
BLACK_HOLE_S = 3.0  # then the connection ends


class over(Exception):
    """The connection ends here; `reset` says how."""

    def __init__(self, reset):
        super().__init__()
        self.reset = reset


class fault_proxy:
    """Between clients of `url` and a server on `port`, in a thread of its own until close().

    `schedule` is a list of (turns, chances), where chances is a mapping from kinds to numbers
    between 0 and 1; what they leave of 1 passes. After its last line everything passes.
    """

    def __init__(self, port, seed=0, schedule=(), black_hole_s=BLACK_HOLE_S):
        self.upstream = port
        self.chance = random.Random(seed)
        self.black_hole_s = black_hole_s
        self.done = collections.Counter()  # turns by fate
        self.schedule = collections.deque()
        self.follow(schedule)
        self.server = None
        self.port = 0
        self.loop = None
        self.over = None
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.live(ready)), daemon=True)
        self.thread.start()
        ready.wait()
        self.url = f'http://127.0.0.1:{self.port}'

    def follow(self, schedule):
        """From the next turn on, instead of what was left of the one before."""
        for _, chances in schedule:
            assert set(chances) <= set(KINDS) and sum(chances.values()) <= 1, chances
        self.schedule = collections.deque((turns, dict(chances)) for turns, chances in schedule)

    def close(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join()

    async def live(self, ready):
        self.loop = asyncio.get_running_loop()
        self.over = asyncio.Event()
        await self.listen()
        ready.set()
        await self.over.wait()
        self.server.close()

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, '127.0.0.1', self.port,
                                                 reuse_address=True)
        self.port = self.server.sockets[0].getsockname()[1]

    async def refuse(self):
        if not self.server.is_serving():
            return  # it does already
        self.server.close()
        await asyncio.sleep(REFUSE_S)
        await self.listen()

    def draw(self):
        """The fate of the next turn."""
        fate = 'pass'
        if self.schedule:
            turns, chances = self.schedule.popleft()
            if turns > 1:
                self.schedule.appendleft((turns - 1, chances))
            point = self.chance.random()
            for kind, share in chances.items():
                if point < share:
                    fate = kind
                    break
                point -= share
        self.done[fate] += 1
        return fate

    async def serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.CancelledError):  # the end of the proxy
            await connection(self, reader, writer).run()


class connection:
    def __init__(self, proxy, reader, writer):
        self.proxy = proxy
        self.client = (reader, writer)
        self.server = None
        self.fate = 'pass'
        self.is_asking = False  # the client speaks; an answer has not begun

    async def run(self):
        _, to_client = self.client
        try:
            self.server = await asyncio.open_connection('127.0.0.1', self.proxy.upstream)
        except OSError:
            to_client.transport.abort()
            return
        pumps = [asyncio.ensure_future(each) for each in (self.pump_up(), self.pump_down())]
        is_reset = False
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            ends = [each.exception() for each in done]
            is_reset = any(isinstance(each, over) and each.reset for each in ends)
        finally:
            for each in pumps:
                each.cancel()
            end(to_client, is_reset)
            end(self.server[1], False)

    async def pump_up(self):
        reader, _ = self.client
        _, to_server = self.server
        while chunk := await reader.read(CHUNK):
            if not self.is_asking:
                self.is_asking = True
                self.fate = self.proxy.draw()
                await self.begin()
            to_server.write(chunk)
            await to_server.drain()

    async def begin(self):
        if self.fate == 'delay':
            await self.late()
        elif self.fate == 'refuse':
            asyncio.ensure_future(self.proxy.refuse())
            raise over(reset=True)
        elif self.fate == 'cut_before':
            raise over(reset=self.proxy.chance.random() < .5)

    async def pump_down(self):
        reader, _ = self.server
        _, to_client = self.client
        while chunk := await reader.read(CHUNK):
            if self.is_asking:
                self.is_asking = False
                chunk = await self.answer(chunk, to_client)
            to_client.write(chunk)
            await to_client.drain()

    async def answer(self, chunk, to):
        """What is left to be passed on of the beginning of an answer."""
        chance = self.proxy.chance
        if self.fate == 'delay':
            await self.late()
        elif self.fate == 'cut_after':
            raise over(reset=chance.random() < .5)
        elif self.fate == 'truncate':
            to.write(chunk[:chance.randrange(len(chunk))])
            await to.drain()
            raise over(reset=False)
        elif self.fate == 'garbage':
            to.write(bytes(chance.randrange(256) for _ in range(chance.randint(1, 500))))
            await to.drain()
            raise over(reset=False)
        elif self.fate == 'black_hole':
            await asyncio.sleep(self.proxy.black_hole_s)
            raise over(reset=True)
        elif self.fate == 'drip':
            for byte in chunk[:DRIPPED]:
                to.write(bytes([byte]))
                await to.drain()
                await asyncio.sleep(DRIP_S)
            return chunk[DRIPPED:]
        return chunk

    async def late(self):
        await asyncio.sleep(self.proxy.chance.uniform(0, DELAY_S))


def end(writer, is_reset):
    """With what was written, or with a reset."""
    if is_reset:
        there = writer.transport.get_extra_info('socket')
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        writer.transport.abort()
    else:
        writer.close()
