// The OCA's style; the indentation comes from .editorconfig.
module.exports = {
    arrowParens: "always",
    bracketSpacing: false,
    printWidth: 88,
    trailingComma: "es5",
};
