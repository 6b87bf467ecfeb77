"""Answers of quizzes and predictions of lessons, saved at once beside the notebook."""
