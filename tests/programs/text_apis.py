"""External APIs for texts, as docs/apis.md describes them, on a port of this machine.

One server has all of them, by path: /translate (LibreTranslate), /chat/completions (OpenAI's kind)
and /webhook. What it makes of a text is in `words`; what goes wrong is in `trouble`.
"""
import http.server
import json
import threading
import time

ANSWER_S = 60  # an answer of one that hangs: longer than any deadline of these tests


class text_apis:
    def __init__(self, words=None):
        self.words = dict(words or {})  # replaced in every text, in this order
        self.trouble = None             # or the name of a method of of_one, such as 'dead'
        self.asked = []                 # (path, body) of every request
        self.closing = threading.Event()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self.handler())
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def settings(self, **more):
        """`apis` of a configuration."""
        return [{'name': 'libre', 'kind': 'libretranslate', 'url': self.url, **more},
                {'name': 'model', 'kind': 'openai', 'url': self.url, 'model': 'test', **more},
                {'name': 'mine', 'kind': 'webhook', 'url': f'{self.url}/webhook', **more}]

    def translated(self, text):
        for word, instead in self.words.items():
            text = text.replace(word, instead)
        return text

    def answer(self, path, body):
        if path == '/translate':
            texts = body['q']
            return {'translatedText': self.translated(texts) if isinstance(texts, str)
                    else [self.translated(each) for each in texts]}
        if path == '/chat/completions':
            content = self.translated(body['messages'][-1]['content'])
            return {'choices': [{'message': {'content': content}, 'finish_reason': 'stop'}]}
        return {'text': self.translated(body['text']), 'entities': []}

    def handler(self):
        apis = self

        class of_one(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):  # noqa: N802  the library calls it so
                size = int(self.headers['Content-Length'])
                body = json.loads(self.rfile.read(size))
                apis.asked.append((self.path, body))
                try:
                    getattr(self, apis.trouble or 'works')(body)
                except OSError:
                    pass  # it did not wait for the end

            def say(self, status, body, *headers):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def works(self, body):
                self.say(200, json.dumps(apis.answer(self.path, body)).encode())

            def dead(self, _):
                self.say(503, b'{}')

            def garbage(self, _):
                self.say(200, b'{"translatedText": "\xff\xfe')

            def redirects(self, _):
                self.say(307, b'', ('Location', f'{apis.url}/inside'))

            def huge(self, _):
                self.say(200, b'{"translatedText": "' + b'x' * (8 << 20) + b'"}')

            def hangs(self, _):
                apis.closing.wait(ANSWER_S)

            def drips(self, _):
                self.send_response(200)
                self.send_header('Content-Length', '1000000')
                self.end_headers()
                ends = time.monotonic() + ANSWER_S
                while time.monotonic() < ends and not apis.closing.wait(.05):
                    self.wfile.write(b' ')

            def log_message(self, *_):
                pass

        return of_one
