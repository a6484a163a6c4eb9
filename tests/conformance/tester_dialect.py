"""What scim2-tester needs to be told of us: the parts of drafts that it does not know, and which values fit.

Nothing here changes what is checked; it changes what is sent, or leaves out what the tool cannot read yet.
"""
import json
import random

import httpx2
from scim2_models import Extension, Mutability, Path
from scim2_tester import filling
from scim2_tester.checkers import patch_add, patch_replace

# Members of ServiceProviderConfig that RFC 7643 5 and RFC 9865 do not have; the tool refuses what it does not know.
OF_DRAFTS = {
    "interopProfileConformant": "draft-zollner-scim-interop-profile",
    "RolesAndEntitlements": "draft-ietf-scim-roles-entitlements",
    "urn:rolecall:params:scim:schemas:extension:1.0:Limits": "our own extension",
}
ROLE = {"value": "member", "type": "organization", "primary": True, "display": "Member"}


# What an attribute has after it was taken away; the tool expects nothing there. Nobody comes back, or goes, because
# `active` is not said: RFC 7643 4.1.1 leaves its meaning to the service provider. Everybody has a role in the
# organization: RFC 7644 3.5.1 lets the service provider assign a default value.
TAKEN_AWAY = {"active": lambda before: before, "roles": lambda _before: [ROLE]}


def without_schemas(body):
    """The operations of a PATCH; the tool names `schemas` inside the object of an extension, which RFC 7643 3.3 does
    not have there, and a strict connection refuses."""
    message = json.loads(body)
    for operation in message.get("Operations", []):
        if str(operation.get("path", "")).lower().startswith("urn:") and isinstance(operation.get("value"), dict):
            operation["value"].pop("schemas", None)
    return json.dumps(message).encode()


class Transport(httpx2.HTTPTransport):
    """HTTP as it is, but for those members of ServiceProviderConfig and of extensions; counts the requests."""

    def __init__(self):
        super().__init__()
        self.requests = 0

    def handle_request(self, request):
        self.requests += 1
        if request.method == "PATCH" and request.read():
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            request = httpx2.Request("PATCH", request.url, headers=headers, content=without_schemas(request.read()))
        answer = super().handle_request(request)
        if request.method != "GET" or not request.url.path.endswith("/ServiceProviderConfig"):
            return answer
        config = json.loads(answer.read())
        answer.close()
        known = {name: value for name, value in config.items() if name not in OF_DRAFTS}
        known["schemas"] = [urn for urn in config["schemas"] if urn not in OF_DRAFTS]
        return httpx2.Response(answer.status_code, headers={"Content-Type": answer.headers["Content-Type"]}, json=known)


def is_writable(path):
    """Not an extension in which all is readOnly: RFC 7644 3.5.2 lets no client modify it, by whatever path."""
    model = path.resolve().target_model if path.resolve() else path.model
    if path.resolve() or not (isinstance(model, type) and issubclass(model, Extension)):
        return True
    names = [name for name in model.model_fields if name != "schemas"]
    return any(model.get_field_annotation(name, Mutability) != Mutability.read_only for name in names)


class Values:
    """Stands between the tool and its random values while it runs: `fitting` has a value by (type, attribute)."""

    def __init__(self, fitting):
        self.fitting = fitting
        self.left_out = set()
        self.random_value = filling.generate_random_value
        self.iterate = Path.iter_paths.__func__

    def value(self, context, path, mutability=None, required=None):
        value = self.random_value(context, path=path, mutability=mutability, required=required)
        fitting = self.fitting.get(str(path))
        return value if value is None or fitting is None else fitting(path, value)

    def paths(self, model, *arguments, **named):
        for path in self.iterate(model, *arguments, **named):
            if is_writable(path):
                yield path
            else:
                self.left_out.add(str(path))

    def __enter__(self):
        for module in (filling, patch_add, patch_replace):
            module.generate_random_value = self.value
        Path.iter_paths = classmethod(self.paths)
        return self

    def __exit__(self, *_):
        for module in (filling, patch_add, patch_replace):
            module.generate_random_value = self.random_value
        Path.iter_paths = classmethod(self.iterate)


def role(path, _):
    """The role that everybody has, in the words in which it is answered."""
    return [path.resolve().target_type(**ROLE)]


def address(_path, _value):
    return f"{random.randrange(10**12)}@example.com"


def always(value):
    return lambda _path, _value: value


# What a service that has a domain must be sent: roles that there are, and addresses.
USERS = {"roles": role, **{f"roles.{name}": always(value) for name, value in ROLE.items()}, "emails.value": address}
