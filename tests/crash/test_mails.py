"""The mail worker killed at random lines, before a server that says no, nothing, or is away for a day: every mail is accounted for.

`make mail-crash` kills two hundred.
"""

from tests.crash import mails


def test_whatever_kills_the_worker_no_mail_is_lost_and_few_leave_twice(tmp_path):
    report = mails.run(tmp_path, kills=10, seed=5)
    assert (report.lost, report.hidden, report.other_ids) == ([], 0, 0)
    assert report.kills == 10 and report.twice <= report.kills and len(report.places) > 3
    assert report.taken.total() > 20 and report.states["sent"] + report.states["parked"] == report.posted
