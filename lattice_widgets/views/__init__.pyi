"""The public views; `__init__.py` reads them here and loads each when it is first used."""

from .canvas.map_canvas import MapCanvas as MapCanvas
from .canvas.picture_canvas import PictureCanvas as PictureCanvas
from .cloud.point_cloud import PointCloud as PointCloud
from .movie.movie_view import MovieView as MovieView
from .question.question_card import QuestionCard as QuestionCard
from .triangle.triangle_map import TriangleMap as TriangleMap
