SECRET_KEY = "a test"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "corsheaders", "rest_framework"]
MIDDLEWARE = ["{cors}.CorsMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

from .cors_settings import *
