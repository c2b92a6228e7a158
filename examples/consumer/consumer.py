#!/usr/bin/env python3
"""A consumer of ringscope's feed to copy: keeps state in SQLite, acts once per event, and can be killed at any moment.

What it relies on is written in docs/pipeline.md. Only the standard library is used.

    consumer.py --state bans.sqlite --command "ringscope --db ringscope.db" sync      follow the feed once
    consumer.py --state bans.sqlite act --ids banned.txt                              write who is banned now
    consumer.py --state bans.sqlite show                                              print the state

Rules that it keeps:
  - an event is applied once, by its number and event_id, however often and in whatever order it comes;
  - events are applied in the order of their numbers; one that comes too early waits;
  - state, cursor and what is to be done are written in one transaction, so a crash leaves all of it or none;
  - what is to be done is done at least once, with the event_id as the key that makes a second time harmless;
  - no ban is carried out while the kill switch is on; what is taken back before it was begun is never done. What was
    begun may have been done when the crash came, so it is undone.
"""
import argparse
import json
import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile

SCHEMA = """
create table if not exists meta (key text primary key, value) without rowid;
create table if not exists seen (seq integer primary key, event_id text not null);
create table if not exists waiting (seq integer primary key, event text not null);
create table if not exists rings (ring text primary key, version integer not null, tier text) without rowid;
create table if not exists members (ring text, account text, tier text not null, primary key (ring, account)) without rowid;
create table if not exists actions (account text primary key, version integer not null, type text not null, ring text,
                                    event_id text not null, seq integer not null, reasons text not null) without rowid;
create table if not exists todo (event_id text primary key, seq integer not null, account text not null,
                                 type text not null, ring text, done integer not null default 0);
-- done: 0 open, 1 done, 2 not to be done, 3 begun: perhaps done
create index if not exists todo_open on todo (done, seq);
"""


class WrongFeed(Exception):
    """The feed is not the one that the state was made of, or it breaks its contract."""


class Consumer:
    """The state of one consumer. `crash` is called with the name of each step; tests raise in it."""

    def __init__(self, path, crash=lambda step: None):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = full")
        self.db.executescript(SCHEMA)
        self.crash = crash

    def close(self):
        self.db.close()

    # -- state
    def _meta(self, key, default=None):
        row = self.db.execute("select value from meta where key = ?", (key,)).fetchone()
        return default if row is None else row[0]

    def _set_meta(self, key, value):
        self.db.execute("insert into meta values (?, ?) on conflict (key) do update set value = excluded.value", (key, value))

    @property
    def cursor(self):
        """The last event that was applied: ask for those after it."""
        return self._meta("cursor", 0)

    @property
    def halted(self):
        return bool(self._meta("halted", 0))

    def _transaction(self, work):
        self.db.execute("begin immediate")
        try:
            result = work()
            self.crash("before commit")
            self.db.execute("commit")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("rollback")
            raise
        self.crash("after commit")
        return result

    # -- events
    def receive(self, events):
        """Takes events in any order, any of them any number of times. Returns how many were applied."""
        return self._transaction(lambda: self._receive(events))

    def _receive(self, events):
        cursor = self.cursor
        for event in events:
            if event["seq"] <= cursor:
                self._check_known(event)
            else:
                self.db.execute("insert or ignore into waiting values (?, ?)", (event["seq"], json.dumps(event)))
        applied = 0
        while True:
            row = self.db.execute("select event from waiting where seq = ?", (cursor + 1,)).fetchone()
            if row is None:
                break
            event = json.loads(row[0])
            self._apply(event)
            self.crash("applied")
            cursor += 1
            applied += 1
            self.db.execute("delete from waiting where seq = ?", (cursor,))
            self.db.execute("insert into seen values (?, ?)", (cursor, event["event_id"]))
        self._set_meta("cursor", cursor)
        return applied

    def _check_known(self, event):
        row = self.db.execute("select event_id from seen where seq = ?", (event["seq"],)).fetchone()
        if row is not None and row[0] != event["event_id"]:
            raise WrongFeed(f"event {event['seq']} is {event['event_id']}, and was {row[0]}: another store?")

    def _apply(self, event):
        kind = event["schema"].partition("/")[0]
        if kind == "ringscope.ring-event":
            self._apply_ring(event)
        elif kind == "ringscope.action-event":
            self._apply_action(event)
        elif kind == "ringscope.switch-event":
            self._set_meta("halted", int(event["type"] == "halt"))
        # A verdict is followed by the events that it led to; other kinds may come in later versions and are passed over.

    def _apply_ring(self, event):
        ring = event["ring"]
        row = self.db.execute("select version from rings where ring = ?", (ring,)).fetchone()
        before = 0 if row is None else row[0]
        if event["version"] != before + 1:
            raise WrongFeed(f"{ring} goes from version {before} to {event['version']} in event {event['seq']}")
        for gone in event["went"]:
            self.db.execute("delete from members where ring = ? and account = ?", (ring, gone["account"]))
        for member in event["came"] + event["regraded"]:
            self.db.execute("insert into members values (?, ?, ?) on conflict do update set tier = excluded.tier",
                            (ring, member["account"], member["tier"]))
        self.db.execute("insert into rings values (?, ?, ?) on conflict (ring) do update set version = excluded.version, "
                        "tier = excluded.tier", (ring, event["version"], event["tier"]))
        size = self.db.execute("select count(*) from members where ring = ?", (ring,)).fetchone()[0]
        if size != event["size"]:
            raise WrongFeed(f"{ring} has {size} members after event {event['seq']}, not {event['size']}")

    def _apply_action(self, event):
        account = event["account"]
        row = self.db.execute("select version, type, event_id from actions where account = ?", (account,)).fetchone()
        if event["version"] != (0 if row is None else row[0]) + 1:
            raise WrongFeed(f"an action of {account} is missing before event {event['seq']}")
        if event["type"] == "unban" and (row is None or row[1] != "ban" or row[2] != event["cancels"]):
            raise WrongFeed(f"event {event['seq']} cancels {event['cancels']}, which does not stand")
        self._set_action(event)
        self._add_todo(event)

    def _set_action(self, event):
        self.db.execute("insert or replace into actions values (?, ?, ?, ?, ?, ?, ?)",
                        (event["account"], event["version"], event["type"], event["ring"], event["event_id"], event["seq"],
                         json.dumps(event["reasons"])))

    def _add_todo(self, event):
        # A ban that is taken back before it was begun: neither is done. One that was begun is not tried again, but undone.
        done = 0
        if event["type"] == "unban":
            ban = self.db.execute("select event_id, done from todo where account = ? and type = 'ban' and done in (0, 3)",
                                  (event["account"],)).fetchone()
            if ban is not None:
                self.db.execute("update todo set done = 2 where event_id = ?", (ban[0],))
                done = 2 if ban[1] == 0 else 0
        self.db.execute("insert into todo values (?, ?, ?, ?, ?, ?)",
                        (event["event_id"], event["seq"], event["account"], event["type"], event["ring"], done))

    # -- beginning anew, when the cursor is too old
    def load_state(self, lines):
        """Takes 'ringscope export --level state' in place of all events up to its number."""
        return self._transaction(lambda: self._load_state(lines))

    def _load_state(self, lines):
        lines = list(lines)
        head = lines[0]
        if head.get("kind") != "head":
            raise WrongFeed("a state begins with its head")
        before = dict(self.db.execute("select account, type from actions"))
        for table in ("rings", "members", "actions", "waiting", "seen"):
            self.db.execute(f"delete from {table}")
        for line in lines[1:]:
            if line["kind"] == "ring":
                self.db.execute("insert into rings values (?, ?, ?)", (line["ring"], line["version"], line["tier"]))
                self.db.executemany("insert into members values (?, ?, ?)",
                                    ((line["ring"], m["account"], m["tier"]) for m in line["members"]))
            elif line["kind"] == "action":
                self._set_action(line)
                was = before.pop(line["account"], "unban")
                if was != line["type"]:
                    known = self.db.execute("select 1 from todo where event_id = ?", (line["event_id"],)).fetchone()
                    if known is None:
                        self._add_todo(line)
            elif line["kind"] == "gone":
                self.db.execute("insert into rings values (?, ?, null)", (line["ring"], line["version"]))
        self._set_meta("cursor", head["seq"])
        self._set_meta("halted", int(head["halted"]))

    # -- acting
    def act(self, do):
        """Calls do(type, account, ring, event_id) for what is to be done, in order; returns how many. A crash between
        doing and remembering does it again with the same event_id."""
        done = 0
        rows = self.db.execute("select event_id, type, account, ring from todo where done in (0, 3) order by seq").fetchall()
        for event_id, kind, account, ring in rows:
            if kind == "ban" and self.halted:
                continue
            self.db.execute("update todo set done = 3 where event_id = ?", (event_id,))
            self.crash("begun")
            do(kind, account, ring, event_id)
            self.crash("done")
            self.db.execute("update todo set done = 1 where event_id = ?", (event_id,))
            self.crash("remembered")
            done += 1
        return done

    def banned(self):
        """Accounts that are to be banned now, ascending."""
        return [row[0] for row in self.db.execute("select account from actions where type = 'ban' order by account")]

    def dump(self):
        """The state in a form that can be compared with that of the engine."""
        rings = {}
        for ring, version, tier in self.db.execute("select ring, version, tier from rings where tier is not null"):
            rings[ring] = {"version": version, "tier": tier, "members": {}}
        for ring, account, tier in self.db.execute("select ring, account, tier from members"):
            rings[ring]["members"][account] = tier
        actions = {row[0]: list(row[1:]) for row in
                   self.db.execute("select account, version, type, ring, event_id, seq from actions")}
        return {"seq": self.cursor, "halted": self.halted, "rings": rings, "actions": actions}


def dump_of_state(lines):
    """What Consumer.dump() must be after all events, out of 'ringscope export --level state'."""
    result = {"rings": {}, "actions": {}}
    for line in lines:
        if line["kind"] == "head":
            result.update(seq=line["seq"], halted=line["halted"])
        elif line["kind"] == "ring":
            result["rings"][line["ring"]] = {"version": line["version"], "tier": line["tier"],
                                             "members": {m["account"]: m["tier"] for m in line["members"]}}
        elif line["kind"] == "action":
            result["actions"][line["account"]] = [line[k] for k in ("version", "type", "ring", "event_id", "seq")]
    return result


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line]


def sync(consumer, command, limit=1000):
    """Follows the feed of a store up to its end. Returns how many events were applied."""
    applied = 0
    while True:
        done = subprocess.run(command + ["export", "--level", "events", "--page", "--after", str(consumer.cursor), "--limit",
                                         str(limit), "-q"], stdout=subprocess.PIPE, text=True, check=False)
        lines = json_lines(done.stdout)
        last = lines[-1] if lines else {}
        if last.get("schema") == "ringscope.feed-gap/1":
            state = subprocess.run(command + ["export", "--level", "state", "-q"], stdout=subprocess.PIPE, text=True, check=True)
            consumer.load_state(json_lines(state.stdout))
            continue
        if done.returncode != 0 or last.get("schema") != "ringscope.feed-page/1":
            raise WrongFeed(f"the feed could not be read: exit status {done.returncode}")
        applied += consumer.receive(lines[:-1])
        if not last["more"]:
            return applied


def write_ids(path, accounts):
    """One account a line; the file is there in full or not at all."""
    directory = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".ids.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(account + "\n" for account in accounts)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", default="consumer.sqlite", help="SQLite file of this consumer")
    parser.add_argument("--command", default="ringscope", help="how to call ringscope, with its --db")
    parser.add_argument("verb", choices=("sync", "act", "show"))
    parser.add_argument("--ids", help="act: file of the accounts that are banned now, one a line")
    options = parser.parse_args()
    consumer = Consumer(options.state)
    if options.verb == "sync":
        print(sync(consumer, shlex.split(options.command)), "events applied")
    elif options.verb == "show":
        print(json.dumps(consumer.dump(), indent=1, sort_keys=True))
    else:
        # Put here what bans and unbans on your platform; event_id is the key by which a second time does nothing.
        count = consumer.act(lambda kind, account, ring, event_id: print(kind, account, ring, event_id, sep="\t"))
        if options.ids:
            write_ids(options.ids, consumer.banned())
        print(count, "done", file=sys.stderr)


if __name__ == "__main__":
    main()
