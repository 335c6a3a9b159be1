"""Who works at Northgate Bank?"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Presence, Role, Team, User

EVERYDAY = "Everyday banking"
BUSINESS = "Business banking"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    last_name: str
    role: Role
    teams: tuple[str, ...]
    presence: Presence = Presence.AVAILABLE


STAFF = (
    Person("sam", "Sam", "Carter", Role.AGENT, (EVERYDAY,)),
    Person("rae", "Rae", "Okafor", Role.AGENT, (EVERYDAY,)),
    Person("bea", "Bea", "Lindqvist", Role.AGENT, (BUSINESS,)),
    Person("una", "Una", "Marsh", Role.SUPERVISOR, (EVERYDAY,)),
    Person("max", "Max", "Adeyemi", Role.ADMINISTRATOR, ()),
    Person("ivy", "Ivy", "Tanaka", Role.ADMINISTRATOR, ()),  # reviews what Max proposes
)


def employ(password: str) -> dict[str, User]:
    """Teams and log-ins, made or left as they are; the password is the one printed at the start."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in (EVERYDAY, BUSINESS)}
    staff = {person.username: _employ(person, teams) for person in STAFF}
    sam = staff["sam"]
    if not (sam.password and sam.check_password(password)):
        hashed = make_password(password)
        User.objects.filter(username__in=staff).update(password=hashed)
    return staff


def _employ(person: Person, teams: dict[str, Team]) -> User:
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@northgate.example.com",
            "role": person.role,
            "is_staff": person.role == Role.ADMINISTRATOR,
            "presence": person.presence,
        },
    )
    if is_new:
        user.teams.set(teams[name] for name in person.teams)
    return user
