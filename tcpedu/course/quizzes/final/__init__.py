"""마지막 퀴즈의 문제들: 강의마다 `tNN.py` 하나. 뽑기와 채점은 `tcpedu.course.final_quiz`가 한다."""
