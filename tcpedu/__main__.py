"""`python -m tcpedu`로 명령줄을 부른다."""

import sys

from tcpedu.cli import main

sys.exit(main())
