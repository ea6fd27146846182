/* What is done with a fuzzed model. */
#ifndef LSN_TESTS_FUZZ_RUN_MODEL_H
#define LSN_TESTS_FUZZ_RUN_MODEL_H

/* Loads the model, runs it where it is small, lesions a kernel of each layer by both
 * engines, describes it as JSON. input_path: as in lsn_model_options. */
void fuzz_run_model(const char *path, const char *input_path);

#endif
