from django.urls import path
from oauth2_provider.views import TokenView

from interoperabilidad.fhir.guardas import publica

app_name = "oauth"
urlpatterns = [path("token", publica(TokenView.as_view()), name="token")]
