"""A dry run of rules over recorded posts, beside jq, which only reads and writes them.

200 routes with 1,000 patterns, half of which have classes and gaps, over 18,935 posts of 20
channels, or as many made-up ones; CPU time of the whole program.
"""
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile

import lib

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'tests' / 'relay'))
import scenario  # noqa: E402

ROUTES, PATTERNS = 200, 1_000
AGAINST_JQ_MAX = 3
HITS_MEDIAN = 3  # routes that take a post


def make_rules(posts):
    """Words of the posts; a third of the routes takes every post with a letter, so that posts
    stand in as many routes as those of a network of channels do."""
    chance = random.Random(1)
    chats = list(dict.fromkeys(each['chat']['id'] for each in posts))
    words = list(dict.fromkeys(
        word for each in chance.sample(posts, 1_000) for word in each['text'].split()
        if word.isalpha() and len(word) > 4))
    routes = []
    for number in range(ROUTES):
        include = [r'\pL'] if number % (3 * len(chats)) < len(chats) else []
        for _ in range(PATTERNS // ROUTES - len(include)):
            word = chance.choice(words)
            gap = r'[a-zа-яё]{2,}\s+' + word + r'.{0,20}[a-zа-яё]+'
            include.append(gap if chance.random() < 0.5 else f'(?i){word}')
        routes.append({'name': f'route {number}', 'from': chats[number % len(chats)],
                       'to': -1_001_000_000_000 - number, 'include': include})
    return {'data': '/nowhere', 'accounts': [{'name': 'bot', 'token': '${TOKEN}'}],
            'routes': routes}


def median_of_hits(output):
    hits = [sum(route['said'] == 'taken' for route in json.loads(line)['routes'])
            for line in output.splitlines()]
    return statistics.median(hits)


def main():
    options = lib.arguments(__doc__)
    updates = scenario.load()
    with tempfile.TemporaryDirectory() as folder:
        posts = pathlib.Path(folder) / 'posts.jsonl'
        posts.write_text('\n'.join(json.dumps(each, ensure_ascii=False) for each in updates) + '\n')
        rules = pathlib.Path(folder) / 'rules.yaml'
        rules.write_text(json.dumps(make_rules([each['channel_post'] for each in updates])))
        environment = {**os.environ, 'TOKEN': f'7001:{"A" * 35}'}

        def replay(*more):
            return lib.run([lib.binary('baudot'), 'replay', rules, posts, '--dry-run', *more],
                           env=environment)
        hits = median_of_hits(replay('--json').output)
        runs, _ = lib.interleaved({'replay': lambda: replay().cpu,
                                   'jq': lambda: lib.run(['jq', '-c', '.', posts]).cpu},
                                  options.rounds)
    with lib.report('replay', options) as report:
        report.add('CPU', runs['replay'], 's', lower_is_better=True, anchor='jq -c .',
                   beside=runs['jq'])
        report.floor('CPU', ratio_min=1 / AGAINST_JQ_MAX)
        report.add('routes that take a post, median', hits, 'routes')
        report.floor('routes that take a post, median', value_min=HITS_MEDIAN)


if __name__ == '__main__':
    main()
