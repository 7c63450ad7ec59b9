"""A position as schema.org's JobPosting, for search engines."""

from __future__ import annotations

from typing import Any

from fair.days import china_day
from fair.positions import Position
from fair.vocabulary import Education, PayUnit

__all__ = ["job_posting"]

_CREDENTIAL = {
    Education.SENIOR: "high school",
    Education.COLLEGE: "associate degree",
    Education.BACHELOR: "bachelor degree",
    Education.MASTER: "postgraduate degree",
    Education.DOCTOR: "postgraduate degree",
}


def job_posting(position: Position, *, address: str, place: str) -> dict[str, Any]:
    """The JSON-LD of an open position; `place` is its district in full."""
    posting: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": position.title,
        "description": "\n".join(part for part in (position.duties, position.requirements) if part),
        "identifier": {"@type": "PropertyValue", "name": position.employer.name, "value": str(position.id)},
        "employmentType": position.employment_type,
        "hiringOrganization": {"@type": "Organization", "name": position.employer.name},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": position.address,
                "addressLocality": place,
                "addressCountry": "CN",
            },
        },
        "totalJobOpenings": position.head_count,
        "directApply": True,
        "url": address,
    }
    if position.published_at:
        posting["datePosted"] = china_day(position.published_at).isoformat()
    if position.valid_until:
        posting["validThrough"] = position.valid_until.isoformat()
    if position.pay_min is not None and position.pay_unit != PayUnit.PIECE:
        posting["baseSalary"] = {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {
                "@type": "QuantitativeValue",
                "minValue": position.pay_min,
                "maxValue": position.pay_max or position.pay_min,
                "unitText": position.pay_unit,
            },
        }
    if position.experience_years:
        posting["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": position.experience_years * 12,
        }
    if position.education in _CREDENTIAL:
        posting["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": _CREDENTIAL[position.education],
        }
    return posting
