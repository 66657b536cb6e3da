from __future__ import annotations

import os

from sandbox.aws.lambda_runtime.log_pipe import LogPipe


def test_what_was_written_before_is_taken_however_late_the_reading_thread_is() -> None:
    pipe = LogPipe()
    try:
        for number in range(300):
            line = f"line {number}\n"
            os.write(pipe.write_end, line.encode())

            assert pipe.take() == line
    finally:
        pipe.process_started()
        pipe.close()


def test_what_was_written_can_be_taken_after_the_pipe_was_closed() -> None:
    pipe = LogPipe()
    os.write(pipe.write_end, b"last words")
    pipe.process_started()
    pipe.close()
    assert [pipe.take(), pipe.take()] == ["last words", ""]
