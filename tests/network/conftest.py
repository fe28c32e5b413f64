"""옆에 있는 `watch` 모듈을 시험들이 불러올 수 있게 한다."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
