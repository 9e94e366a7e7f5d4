"""A run that is killed, first its crawl child and then itself, is made good by the next one.

`make chaos` kills at thirty moments; here is one of each kind.
"""

from bench import chaos
from crawlers.newsstand import Newsstand


def test_after_a_killed_child_and_a_killed_run_the_rows_are_the_same(tmp_path):
    web, seeds = tmp_path / "web", tmp_path / "seeds"
    chaos.small_web(web, seeds, hosts=1, pages=3)
    with Newsstand(web) as stand:
        calm = chaos.undisturbed(chaos.Trial(tmp_path / "calm", seeds, stand))
        trial = chaos.Trial(tmp_path / "data", seeds, stand)
        places = [
            trial.run_killed(chaos.Moment("crawl child", 3)),
            trial.run_killed(chaos.Moment("run", 2)),
        ]
        assert all(place.startswith("crawling") for place in places), places
        trial.run()
        assert chaos.differences(calm.rows, trial.rows()) == []
    assert sum(calm.rows["articles"].values()) == 3
