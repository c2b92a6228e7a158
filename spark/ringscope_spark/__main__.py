import sys

from ringscope_spark.cli import main

sys.exit(main())
