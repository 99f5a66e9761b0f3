from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "ece.web"
    label = "web"
