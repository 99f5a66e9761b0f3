"""Django's ``i18n``, with ``{% translate %}`` at a fraction of the cost: a page has hundreds.

What a constant says is looked for once in each language; a variable is left to Django.
"""

from typing import cast

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Traduccion(i18n.TranslateNode):
    def __init__(self, nodo: i18n.TranslateNode) -> None:
        super().__init__(nodo.filter_expression, nodo.noop, nodo.asvar, nodo.message_context)
        dice, contexto = self.filter_expression, self.message_context
        self._constante = _constante(dice) and (contexto is None or _constante(contexto))
        self._dichas: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        if not self._constante:
            return cast("SafeString", super().render(context))
        idioma = get_language()
        if idioma not in self._dichas:
            salida = super().render(context)
            dicha = context[self.asvar] if self.asvar else salida
            self._dichas[idioma] = cast("SafeString", dicha)
        if self.asvar is None:
            return self._dichas[idioma]
        context[self.asvar] = self._dichas[idioma]
        return SafeString("")


def _constante(expresion: template.base.FilterExpression) -> bool:
    return not expresion.filters and getattr(expresion.var, "literal", None) is not None


def translate(parser: Parser, token: Token) -> Traduccion:
    return Traduccion(i18n.do_translate(parser, token))


register.tag("translate", translate)
