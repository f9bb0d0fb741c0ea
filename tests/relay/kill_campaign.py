"""One stream of posts, one data directory, and a Baudot that is killed by -9 again and again.

A kill counts when it lands with a send in flight. That is made certain: the local Telegram keeps
one send unanswered, and only then comes the kill. Some of these it has acted on (`answer_lost`),
some it has not and never will (`hold`: it forgets a request whose client has gone).
"""
import collections
import shutil
import subprocess
import time

from programs import until
from reference import is_wanted

NAMED = 'started before an unclean stop'
LONG = {'wait_ms': 600_000, 'times': 1}


class kill_campaign:
    """`chance` decides the moments; `kills` so many land, others come on top."""

    def __init__(self, made, world, node, chance, kills):
        self.made, self.world, self.node, self.chance = made, world, node, chance
        self.kills = kills
        self.landed = []   # (run, fault): the last run before the restart that must name it
        self.injected = []
        self.more = 0      # kills during a start, an end or a backup, whatever was in flight
        self.stops = 0     # in order
        self.segments = set()  # names of the journal's files that there were at some kill
        to = made.destinations
        self.targets = [('copyMessage', to[0]), ('copyMessage', to[1]), ('forwardMessage', to[3]),
                        ('copyMessage', to[6]), ('sendMessage', to[7])]

    def run(self):
        """Kills and restarts until all is delivered; returns the exit code of the last run."""
        moments = [self.in_a_burst, self.in_recovery, self.after_a_rest]
        for number in range(self.kills):
            while self.chance.random() < .4:
                self.chance.choice([self.kill_early, self.kill_late, self.kill_in_a_backup,
                                    self.stop])()
            moment = moments[number % 3] if number < 3 else self.chance.choice(moments)
            moment(self.slice(number))
        self.node.start('--grace', '300')
        until('the start', lambda: self.node.has_said('running'))
        until('no update to wait', lambda: all(
            each['pending'] == 0 for each in self.world.call('bots')))
        return self.node.stop(patience_s=360)

    def slice(self, number):
        size = len(self.made.updates)
        return self.made.updates[size * number // self.kills:size * (number + 1) // self.kills]

    def kill(self):
        self.node.kill()
        self.segments |= self.segments_now()

    def segments_now(self):
        return {each.name for each in (self.node.folder / 'data' / 'journal').glob('*.journal')}

    def kill_early(self):
        self.node.start()
        time.sleep(self.chance.uniform(0, .15))  # not to wait for anything: where it hits
        self.kill()
        self.more += 1

    def kill_late(self):
        """While it writes down where it is, which is the last thing that it does."""
        self.node.start('--grace', '0')
        time.sleep(self.chance.uniform(0, .4))
        self.node.terminate()
        time.sleep(self.chance.uniform(0, .06))
        self.kill()
        self.more += 1

    def kill_in_a_backup(self):
        """It makes its state durable, and holds the journal's files while they are copied."""
        self.node.start()
        until('the start', lambda: self.node.has_said('running'))
        to = self.node.folder / 'backup'
        with subprocess.Popen([self.node.binary, 'backup', self.node.config, to],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=self.node.environment) as backup:
            time.sleep(self.chance.uniform(0, .2))
            self.kill()
            backup.wait()
        shutil.rmtree(to, ignore_errors=True)
        self.more += 1

    def stop(self):
        """In order, with work left: the next start has a store to begin from."""
        self.node.start('--grace', '0')
        until('the start', lambda: self.node.has_said('running'))
        time.sleep(self.chance.uniform(0, .4))
        assert self.node.stop() == 0, self.node.text()
        self.stops += 1

    def in_a_burst(self, updates):
        """Wherever the archive has got to; its last post comes late, so that one send is left."""
        self.node.start()
        archive = self.made.destinations[0]
        archived = [at for at, each in enumerate(updates)
                    if is_wanted(self.made.routes[0], each['channel_post']['text'])]
        goal = self.world.size(archive) + self.chance.randint(0, len(archived) * 3 // 4)
        replay = self.made.replay(self.world, updates[:archived[-1]])
        until('some of the copies', lambda: self.world.size(archive) >= goal)
        self.inject([self.targets[0], *self.chance.sample(self.targets[1:], 2)])
        until('the posts', lambda: self.world.call(f'replays/{replay}')['done'])
        self.made.replay(self.world, updates[archived[-1]:])
        self.kill_when_it_holds()

    def in_recovery(self, updates):
        """The first send of all, which after an unclean stop is a probe."""
        self.made.replay(self.world, updates)
        self.inject([(method, None) for method in ('copyMessage', 'forwardMessage', 'sendMessage')])
        self.node.start()
        self.kill_when_it_holds()

    def after_a_rest(self, updates):
        self.node.start()
        self.wait_for_a_rest()
        self.inject(self.chance.sample(self.targets, 5))
        self.made.replay(self.world, updates)
        self.kill_when_it_holds()

    def wait_for_a_rest(self):
        sizes = collections.deque(maxlen=8)

        def rests():
            sizes.append(self.made.copies(self.world))
            return len(sizes) == 8 and len(set(sizes)) == 1

        until('a rest', rests)

    def inject(self, targets):
        """One fault for each; it may strike as soon as it is there."""
        self.injected = []
        for method, chat in targets:
            fault = {'kind': self.chance.choice(['hold', 'answer_lost']), 'method': method,
                     **({} if chat is None else {'chat': chat}), **LONG}
            self.injected.append({**fault, **self.world.call('faults', fault)})

    def waiting_faults(self):
        return {each['id'] for each in self.world.call('faults')}

    def kill_when_it_holds(self):
        until('a send in flight', lambda: len(self.waiting_faults()) < len(self.injected))
        time.sleep(self.chance.choice([0, 0, .02]))  # time for the other lanes, or none
        self.kill()
        waiting = self.waiting_faults()
        self.world.call('faults', method='DELETE')
        run = len(self.node.logs) - 1
        self.landed += [(run, each) for each in self.injected if each['id'] not in waiting]

    def fired(self, kind):
        return sum(1 for _, fault in self.landed if fault['kind'] == kind)

    def named(self, run):
        """What one start named as uncertain: (delivery id, destination, copy) each."""
        for each in self.node.records(NAMED, run):
            yield (each['delivery'], *self.made.named(each))

    def unnamed(self):
        """Sends that Telegram held at a kill, and that no start after it named: a line each."""
        for run, fault in self.landed:
            found = []
            for later in range(run + 1, len(self.node.logs)):
                found += self.named(later)
                if self.node.has_said('running', later):
                    break
            if not any(fault.get('chat', where) == where for _, where, _ in found):
                yield f'in flight when run {run} was killed and named by no start: {fault}'
