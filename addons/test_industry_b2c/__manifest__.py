{
    "name": "Test Industry B2C",
    "summary": "Flows that cross the addons of the suite; not for release",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Hidden/Tests",
    "depends": ["industry_b2c"],
    "data": [],
    "assets": {
        # Debian's Odoo comes without this library for video calls, and a tour fails
        # with anything that the browser complains about.
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
        "web.assets_tests": ["test_industry_b2c/static/tests/tours/**/*"],
    },
    "installable": True,
}
