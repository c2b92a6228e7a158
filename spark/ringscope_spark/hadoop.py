"""Files wherever Hadoop reaches: local paths, hdfs://, s3a://."""

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession


@dataclass(frozen=True)
class File:
    path: str  # as Spark names it
    size: int  # bytes as it lies
    modified: int  # milliseconds


def _path(spark: SparkSession, path: str):
    jvm = spark.sparkContext._jvm
    place = jvm.org.apache.hadoop.fs.Path(path)
    return place, place.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())


def list_files(spark: SparkSession, path: str) -> list[File]:
    """The files of a path, a directory or a glob, by name; those that begin with '_' or '.' are none.

    Raises FileNotFoundError when there is none."""
    place, system = _path(spark, path)
    found: list[File] = []
    for status in system.globStatus(place) or []:
        if status.isFile():
            found.append(File(status.getPath().toString(), status.getLen(), status.getModificationTime()))
            continue
        entries = system.listFiles(status.getPath(), True)
        root = len(status.getPath().toString())
        while entries.hasNext():
            entry = entries.next()
            name = entry.getPath().toString()
            if any(part.startswith(("_", ".")) for part in name[root:].split("/")):
                continue
            found.append(File(name, entry.getLen(), entry.getModificationTime()))
    if not found:
        raise FileNotFoundError(f"{path}: no such file")
    return sorted(found, key=lambda file: file.path)


def read_head(spark: SparkSession, path: str, size: int) -> bytes:
    """The first bytes of a file, decompressed by the codec that its name says."""
    place, system = _path(spark, path)
    jvm = spark.sparkContext._jvm
    stream = system.open(place)
    try:
        factory = jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(
            spark.sparkContext._jsc.hadoopConfiguration()
        )
        codec = factory.getCodec(place)
        text = codec.createInputStream(stream) if codec is not None else stream
        bounded = jvm.org.apache.commons.io.input.BoundedInputStream(text, size)
        return bytes(jvm.org.apache.commons.io.IOUtils.toByteArray(bounded))
    finally:
        stream.close()


def _local(spark: SparkSession, path: str):
    """A path of this machine, relative to where this process is, as Hadoop names it."""
    return spark.sparkContext._jvm.org.apache.hadoop.fs.Path(f"file://{Path(path).absolute()}")


def parquet_schema(spark: SparkSession, path: str) -> str:
    """The columns of a Parquet file and their types, out of its footer."""
    place, _ = _path(spark, path)
    parquet = spark.sparkContext._jvm.org.apache.parquet.hadoop
    source = parquet.util.HadoopInputFile.fromPath(place, spark.sparkContext._jsc.hadoopConfiguration())
    reader = parquet.ParquetFileReader.open(source)
    try:
        return reader.getFileMetaData().getSchema().toString()
    finally:
        reader.close()


def put(spark: SparkSession, local: str, path: str) -> None:
    """Copies a local file to a path, over what is there."""
    place, system = _path(spark, path)
    system.copyFromLocalFile(False, True, _local(spark, local), place)


def get(spark: SparkSession, path: str, local: str) -> None:
    """Copies a file or directory to a local path."""
    place, system = _path(spark, path)
    system.copyToLocalFile(False, place, _local(spark, local), True)


def remove(spark: SparkSession, path: str) -> None:
    """Removes a directory with what is in it, if it is there."""
    place, system = _path(spark, path)
    system.delete(place, True)


def exists(spark: SparkSession, path: str) -> bool:
    place, system = _path(spark, path)
    return bool(system.exists(place))
