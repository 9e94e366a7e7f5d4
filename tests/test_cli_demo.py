"""The demo never wipes what is not its own, and its newsstand can be played with.

What its two runs bring is tested in test_demo_run.py.
"""

import json
import subprocess

from commanding import command

from flows import demo


def test_a_folder_that_holds_something_else_is_left_alone(desk):
    desk.data.mkdir()
    (desk.data / "precious.txt").write_text("mine")
    done = desk("demo")
    assert done.code == 2
    assert "holds something else" in done.err
    assert (desk.data / "precious.txt").read_text() == "mine"


def test_the_demo_ships_with_its_pages():
    assert (demo.seeds() / "threads" / "watch.toml").is_file()
    assert (demo.seeds() / "newsstand").is_dir()


def test_the_newsstand_tells_its_address_and_ends_quietly():
    with subprocess.Popen(
        command("newsstand", "--edition", "2"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert json.loads(process.stdout.readline())["proxy"].startswith("http://127.0.0.1:")
        process.terminate()
        _, err = process.communicate(timeout=300)
    assert b"Traceback" not in err
