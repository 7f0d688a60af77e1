(module
 (@"\01\9