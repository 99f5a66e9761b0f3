from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ece.demo"
    label = "demo"
