#!/usr/bin/env python3
"""baudot schema: every configuration of the documentation is good by it, and it knows what
`baudot check` knows: a key that one of them takes is known to the other, and a misspelt one to
neither."""
import json
import pathlib
import re
import unittest

import cases
import jsonschema
import yaml

DOCS = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r'^```(\w+)[^\n]*\n(.*?)^```$', re.MULTILINE | re.DOTALL)
ENOUGH = {'data': '/tmp/data', 'accounts': [{'name': 'a', 'token': '${TOKEN}'}],
          'routes': [{'name': 'r', 'from': -1001000000001, 'to': -1001000000002}]}
UNKNOWN = 'unknown key'


def sample(schema, root):
    """Something small of this form."""
    for one in schema.get('allOf', schema.get('anyOf', []))[:1]:
        return sample(one, root)
    if '$ref' in schema:
        return {}
    if 'enum' in schema:
        return schema['enum'][0]
    kind = schema['type']
    if isinstance(kind, list):
        return 'x'
    return {'object': {}, 'array': [], 'boolean': True, 'integer': schema.get('minimum', 0),
            'number': 1, 'string': '${TOKEN}' if 'pattern' in schema else 'x'}[kind]


def mappings(schema, root, way, seen):
    """Every mapping of a configuration, with the way to it: what makes a configuration of one."""
    for one in schema.get('allOf', []) + schema.get('anyOf', []):
        yield from mappings(one, root, way, seen)
    if '$ref' in schema:
        name = schema['$ref'].rsplit('/', 1)[1]
        if name not in seen:
            yield from mappings(root['definitions'][name], root, way, seen | {name})
        return
    if schema.get('type') == 'array':
        yield from mappings(schema['items'], root, lambda inside: way([inside]), seen)
    if schema.get('type') != 'object':
        return
    yield schema, way
    for key, inside in schema['properties'].items():
        yield from mappings(inside, root, lambda value, key=key: way({key: value}), seen)


class schema(cases.case):
    def setUp(self):
        super().setUp()
        self.environment['TOKEN'] = cases.token(7001)
        done = self.run_program(cases.BAUDOT, 'schema')
        self.assertEqual(done.code, 0, done.err)
        self.schema = json.loads(done.out)
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.judge = jsonschema.Draft7Validator(self.schema)

    def wrong(self, configuration):
        return [f'{list(each.absolute_path)}: {each.message}'
                for each in self.judge.iter_errors(configuration)]

    def test_every_configuration_of_the_documentation_is_good_by_it(self):
        count = 0
        for page in [DOCS / 'README.md', *sorted((DOCS / 'docs').glob('*.md'))]:
            blocks = BLOCK.findall(page.read_text())
            for at, (kind, text) in enumerate(blocks):
                is_wrong = at + 1 < len(blocks) and blocks[at + 1][0] == 'error'
                if kind not in ('yaml', 'beside') or is_wrong:
                    continue
                found = yaml.safe_load(text)
                if not isinstance(found, dict) or not self.is_ours(found):
                    continue
                is_route = page.name == 'rules.md' and not set(found) & set(ENOUGH) - {'data'}
                whole = {**ENOUGH, 'routes': [{**ENOUGH['routes'][0], **found}]} if is_route \
                    else {**ENOUGH, **found}
                self.assertEqual(self.wrong(whole), [], f'{page.name}: {text}')
                count += 1
        self.assertGreater(count, 40)

    def is_ours(self, found):
        top = self.schema['properties']
        known = set(top) | set(top['routes']['items']['properties'])
        return set(found) <= known

    def test_keys_are_known_to_both_and_misspelt_ones_to_neither(self):
        count = 0
        for mapping, way in mappings(self.schema, self.schema, lambda inside: inside, frozenset()):
            known = {key: sample(value, self.schema)
                     for key, value in mapping['properties'].items()}
            for key in known:
                self.assertTrue(self.is_known(key, known, mapping, way), way({key: known[key]}))
                count += 1
            typo = way({'misspelt_key': 1})
            self.assertTrue(any('misspelt_key' in each for each in self.deep(typo)), typo)
            self.assertIn(UNKNOWN + ' "misspelt_key"', self.check(json.dumps(typo)).err)
        self.assertGreater(count, 100)

    def is_known(self, key, known, mapping, way):
        """By itself, or beside some word of another key (the model of an openai endpoint)."""
        beside = [{}] + [{other: word} for other, value in mapping['properties'].items()
                         for word in value.get('enum', []) if other != key]
        return any(f'{UNKNOWN} "{key}"' not in
                   self.check(json.dumps(way({**each, key: known[key]}))).err for each in beside)

    def deep(self, configuration):
        """All that is wrong, also inside of what may be one thing or another."""
        open_ones = list(self.judge.iter_errors(configuration))
        found = []
        while open_ones:
            each = open_ones.pop()
            found.append(each.message)
            open_ones.extend(each.context)
        return found

    def test_what_is_missing_or_of_another_kind_is_wrong_by_both(self):
        route = ENOUGH['routes'][0]
        for change in ({'routes': [{'name': 'r', 'from': 1}]}, {'accounts': None},
                       {'routes': [{**route, 'weight': 101}]},
                       {'routes': [{**route, 'mode': 'move'}]},
                       {'routes': [{**route, 'silent': 'loud'}]},
                       {'routes': [{**route, 'expire_after': '30 minutes'}]},
                       {'accounts': [{'name': 'a', 'token': '123:abc'}]},
                       {'routes': [{**route, 'filter': {'all': {'words': 'x'}}}]},
                       {'journal': {'keep_bytes': '4 GB'}}):
            whole = {**ENOUGH, **change}
            self.assertNotEqual(self.wrong(whole), [], change)
            self.assertEqual(self.check(json.dumps(whole)).code, 1, change)
        self.assertEqual(self.wrong(ENOUGH), [])
        self.assertEqual(self.check(json.dumps(ENOUGH)).code, 0)


if __name__ == '__main__':
    unittest.main()
