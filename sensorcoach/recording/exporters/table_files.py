"""CSV and Parquet: the samples under the name asked for, every table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from ..pose import KEYS
from ..tables import Table, write_table
from .bundle import Bundle, SensorSamples

TABLES: Final = ("seconds", "breaths", "events")


def samples_table(samples: SensorSamples) -> Table:
    """Columns `t,ax,ay,az[,gx,gy,gz]`, as `read_csv` takes them."""
    names = ["t", "ax", "ay", "az"]
    columns = [samples.t_s, *samples.acc_ms2.T]
    if samples.gyr_rads is not None:
        names += ["gx", "gy", "gz"]
        columns += [*samples.gyr_rads.T]
    table = np.empty(len(samples.t_s), [(name, "f8") for name in names])
    for name, column in zip(names, columns, strict=True):
        table[name] = column
    return table


def samples_metadata(samples: SensorSamples, metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata with which the file, read again, names the same sensor and the same upright pose."""
    pose = {} if samples.pose is None else samples.pose.metadata()
    others = {key: value for key, value in metadata.items() if not pose or key not in KEYS}
    return {**others, **pose, "sensor": samples.stream.sensor, "site": samples.stream.site}


def write_tables(bundle: Bundle, path: Path) -> list[Path]:
    """`OUT.csv` (`OUT_SENSOR.csv` where there are several), `OUT_seconds.csv`, `OUT_breaths.csv`, `OUT_events.csv`."""
    several = len(bundle.sensors) > 1
    written = []
    for samples in bundle.sensors:
        target = _beside(path, samples.stream.sensor) if several else path
        write_table(samples_table(samples), target, metadata=samples_metadata(samples, bundle.metadata))
        written.append(target)
    for name in TABLES:
        target = _beside(path, name)
        write_table(getattr(bundle, name), target, metadata={**bundle.metadata, "table": name})
        written.append(target)
    return written


def _beside(path: Path, what: str) -> Path:
    ending = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    return path.with_name(f"{path.name.removesuffix(ending)}_{what}{ending}")
