// A module that is preloaded.
__attribute__((export_name("divide"))) int divide(int by) {
  return 100 / by;
}
