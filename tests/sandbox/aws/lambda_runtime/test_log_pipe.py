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
