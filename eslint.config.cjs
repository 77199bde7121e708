const js = require("@eslint/js");

module.exports = [
    js.configs.recommended,
    {
        files: ["addons/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: {
                console: "readonly",
                document: "readonly",
                odoo: "readonly",
                window: "readonly",
            },
        },
        linterOptions: {reportUnusedDisableDirectives: true},
        rules: {
            "no-console": "error",
            "no-unused-vars": ["error", {argsIgnorePattern: "^_"}],
            "no-var": "error",
            "prefer-const": "error",
            eqeqeq: "error",
        },
    },
    {
        files: ["*.cjs"],
        languageOptions: {
            sourceType: "commonjs",
            globals: {module: "writable", require: "readonly"},
        },
    },
];
