"""The recovery of a journal of 10 million records beside RocksDB's readseq, in turns.

Ours: open, which checks every frame, and then a scan of every record, as a start does that finds
no store. RocksDB: db_bench readseq over as many entries of the same 300 bytes, uncompressed. Both
are one thread over files in the page cache.
"""
import pathlib
import re
import shutil
import subprocess
import tempfile

import lib

RECORDS, RECORD_BYTES = 10_000_000, 300
RATIO_MIN = 0.5


def db_bench(folder, workload, *more):
    """Operations per second."""
    output = lib.run(['db_bench', f'--benchmarks={workload}', f'--db={folder}',
                      f'--num={RECORDS}', f'--value_size={RECORD_BYTES}', '--key_size=16',
                      '--compression_type=none', '--disable_wal=1', '--threads=1', *more],
                     timeout=3600, stderr=subprocess.DEVNULL).output
    return float(re.search(rf'{workload}\s*:.* (\d+) ops/sec', output)[1])


def main():
    options = lib.arguments(__doc__)
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder, prefix='recovery_'))
    try:
        journal = [lib.binary('journal_bench'), folder, options.seconds]
        lib.run([*journal, 'fill'], timeout=3600)
        db_bench(folder / 'rocksdb', 'fillseq')
        with lib.report('recovery', options) as report:
            runs, _ = lib.interleaved(
                {'journal': lambda: float(lib.run([*journal, 'recovery']).output.split()[1]),
                 'rocksdb': lambda: db_bench(folder / 'rocksdb', 'readseq',
                                             '--use_existing_db=1')}, options.rounds)
            metric = f'recovery of {RECORDS:,} records'
            report.add(metric, runs['journal'], 'records/s', 'RocksDB readseq', runs['rocksdb'])
            report.floor(metric, ratio_min=RATIO_MIN)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
