"""A server between baudot and telegram-sim that misbehaves for the methods that a test names."""
import http.server
import json
import threading
import urllib.error
import urllib.request

PAGE = (b'<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1>'
        b'</center><hr><center>nginx</center></body></html>')
UPSTREAM_PATIENCE_S = 70  # more than the longest poll


def html(status):
    """A page where JSON is due, the method not carried out."""
    def answer(handler):
        handler.send_response(status)
        handler.send_header('Content-Type', 'text/html')
        handler.send_header('Content-Length', str(len(PAGE)))
        handler.end_headers()
        handler.wfile.write(PAGE)
    return answer


def close(handler):
    """The connection ends without a byte."""
    handler.close_connection = True


def cut(handler):
    """It ends in the middle of a body."""
    handler.send_response(200)
    handler.send_header('Content-Type', 'application/json')
    handler.send_header('Content-Length', '1000')
    handler.end_headers()
    handler.wfile.write(b'{"ok":true,"result":')
    handler.close_connection = True


def silent(handler):
    """Nothing, until the server of the test ends."""
    handler.server.over.wait()
    handler.close_connection = True


def drip(handler):
    """A byte of the headers now and then, for ever."""
    while not handler.server.over.wait(0.2):
        handler.wfile.write(b'x')
        handler.wfile.flush()
    handler.close_connection = True


def result(value):
    """What Telegram answers when all is well: `value`, or what it returns for the body."""
    def answer(handler):
        made = value(json.loads(handler.body)) if callable(value) else value
        body = json.dumps({'ok': True, 'result': made}).encode()
        handler.send_response(200)
        handler.send_header('Content-Type', 'application/json')
        handler.send_header('Content-Length', str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    return answer


class one(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        body = self.body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        method = self.path.rpartition('/')[2]
        self.server.seen.append(method)
        misbehave = self.server.rules.get(method)
        try:
            if misbehave:
                misbehave(self)
            else:
                self.pass_on(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has had enough

    do_GET = do_POST

    def pass_on(self, body):
        request = urllib.request.Request(self.server.upstream + self.path, data=body, headers={
            'Content-Type': self.headers.get('Content-Type', 'application/json')})
        try:
            with urllib.request.urlopen(request, timeout=UPSTREAM_PATIENCE_S) as good:
                status, answer = good.status, good.read()
        except urllib.error.HTTPError as refused:
            status, answer = refused.code, refused.read()
        except OSError:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class server(http.server.ThreadingHTTPServer):
    """rules: method -> how it misbehaves; what has no rule is passed on. May change at any time."""
    daemon_threads = True

    def __init__(self, upstream, **rules):
        super().__init__(('127.0.0.1', 0), one)
        self.upstream = upstream
        self.rules = rules
        self.seen = []
        self.over = threading.Event()
        self.url = f'http://127.0.0.1:{self.server_address[1]}'
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.over.set()
        self.shutdown()
        self.server_close()
