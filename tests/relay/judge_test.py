#!/usr/bin/env python3
"""The judge and the reference, on worlds so small that a reader sees who is right."""
import unittest

import judge
from reference import copy, expected_copies
from scenario import route

A, B, C = (copy(-1, number, 'copy') for number in (1, 2, 3))
OTHER = copy(-2, 1, 'copy')


def judged(expected, found):
    return judge.judge({-9: expected}, {-9: found})


class the_judge(unittest.TestCase):
    def test_finds_nothing_wrong_with_what_is_right(self):
        self.assertEqual(judged([A, OTHER, B], [OTHER, A, B]), judge.verdict())

    def test_counts_what_is_lost_and_what_is_doubled(self):
        made = judged([A, B, C], [A, B, B, B])
        self.assertEqual((made.lost, made.doubled, made.wrong), ({(-9, C): 1}, {(-9, B): 2}, []))

    def test_wants_a_copy_as_often_as_routes_want_it(self):
        self.assertEqual(judged([A, A], [A, A]), judge.verdict())
        self.assertEqual(judged([A, A], [A]).lost, {(-9, A): 1})

    def test_does_not_take_a_forward_for_a_copy(self):
        made = judged([A], [A._replace(mode='forward')])
        self.assertEqual((made.lost, len(made.wrong)), ({(-9, A): 1}, 1))

    def test_sees_a_disorder_of_one_source_and_not_of_two(self):
        self.assertEqual(len(judged([A, B], [B, A]).wrong), 1)
        self.assertEqual(len(judged([A, B], [A, B, A]).wrong), 1)
        self.assertEqual(judged([OTHER, A], [A, OTHER]).wrong, [])

    def test_allows_no_more_than_was_named(self):
        made = judged([A, B], [A, A, A, B])
        allowed = judge.collections.Counter({(-9, A): 1, (-9, B): 5})
        self.assertEqual(len(list(judge.beyond(made.doubled, allowed))), 1)
        allowed[-9, A] = 2
        self.assertEqual(list(judge.beyond(made.doubled, allowed)), [])


class the_reference(unittest.TestCase):
    def test_reads_a_route_as_the_handbook_does(self):
        texts = [(-1, 'News!'), (-2, 'news'), (-1, 'news, advert'), (-1, 'olds'), (-3, 'news')]
        posts = [{'chat': {'id': chat}, 'message_id': number, 'text': text}
                 for number, (chat, text) in enumerate(texts)]
        routes = [route('a', [-1, -2], [-9], include=['(?i)news', '^o'], exclude=['advert', '!']),
                  route('b', [-1], [-8, -9], 'forward')]
        expected = expected_copies(posts, routes, [-8, -9])
        self.assertEqual(expected[-8], [copy(-1, each, 'forward') for each in (0, 2, 3)])
        self.assertEqual(expected[-9], [
            copy(-1, 0, 'forward'), copy(-2, 1, 'copy'), copy(-1, 2, 'forward'),
            copy(-1, 3, 'copy'), copy(-1, 3, 'forward')])


if __name__ == '__main__':
    unittest.main()
