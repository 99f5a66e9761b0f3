"""Django's ``i18n``, with ``{% translate %}`` at a fraction of the cost: a page has hundreds.

What a constant says, or a variable that holds a text, is looked for once in each language; what has
any other form is left to Django.
"""

from typing import cast

from django import template
from django.template.base import Parser, Token, Variable, VariableDoesNotExist
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


_RECORDADAS = 1_000
"""Texts of variables that a tag remembers, at most: names of things, from catalogues."""


class Traduccion(i18n.TranslateNode):
    def __init__(self, nodo: i18n.TranslateNode) -> None:
        super().__init__(nodo.filter_expression, nodo.noop, nodo.asvar, nodo.message_context)
        dice, contexto = self.filter_expression, self.message_context
        self._constante = _constante(dice) and (contexto is None or _constante(contexto))
        self._variable: Variable | None = None
        if not self._constante and contexto is None and not dice.filters:
            self._variable = Variable(dice.var.var)
        self._dichas: dict[tuple[object, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        clave: tuple[object, ...] = (get_language(),)
        if not self._constante:
            texto = self._texto(context)
            if texto is None:
                return cast("SafeString", super().render(context))
            clave = (*clave, texto, context.autoescape)
        if clave not in self._dichas:
            if len(self._dichas) >= _RECORDADAS:
                self._dichas.clear()
            salida = super().render(context)
            self._dichas[clave] = cast("SafeString", context[self.asvar] if self.asvar else salida)
        if self.asvar is None:
            return self._dichas[clave]
        context[self.asvar] = self._dichas[clave]
        return SafeString("")

    def _texto(self, context: Context) -> str | None:
        """What the variable holds, if it is a text and no more."""
        if self._variable is None:
            return None
        try:
            valor = self._variable.resolve(context)
        except VariableDoesNotExist:
            return None
        return valor if type(valor) is str else None


def _constante(expresion: template.base.FilterExpression) -> bool:
    return not expresion.filters and getattr(expresion.var, "literal", None) is not None


def translate(parser: Parser, token: Token) -> Traduccion:
    return Traduccion(i18n.do_translate(parser, token))


register.tag("translate", translate)
