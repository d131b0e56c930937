// SPDX-License-Identifier: GPL-2.0
/*
 * Jansson as it was compiled for Windows: a text is read, written and read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const char text[] =
	"{\"name\": \"sm\\u00f8r\", \"size\": 9007199254740993,"
	" \"ratio\": 0.125, \"devices\": [true, false, null, {}],"
	" \"path\": \"C:\\\\images\\\\a.img\"}";

static void json_must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "jansson-round-trip: %s\n", what);
	exit(1);
}

static json_t *json_read(const char *from)
{
	json_error_t error;
	json_t *value = json_loadb(from, strlen(from), JSON_REJECT_DUPLICATES,
				   &error);

	json_must(!!value, error.text);
	return value;
}

static void json_test_round_trip(void)
{
	json_t *first = json_read(text), *second;
	char *written = json_dumps(first, JSON_COMPACT);

	json_must(!!written, "nothing was written");
	second = json_read(written);
	json_must(json_equal(first, second), "the texts differ");
	free(written);
	json_decref(first);
	json_decref(second);
}

static void json_test_values(void)
{
	json_t *value = json_read(text);

	json_must(json_integer_value(json_object_get(value, "size")) ==
		  9007199254740993, "an integer of 54 bits differs");
	json_must(json_real_value(json_object_get(value, "ratio")) == 0.125,
		  "a real number differs");
	json_must(!strcmp(json_string_value(json_object_get(value, "name")),
			  "sm\xc3\xb8r"), "a name differs");
	json_decref(value);
}

static void json_test_errors(void)
{
	json_error_t error;

	json_must(!json_loads("{\"a\": 1, \"a\": 2}", JSON_REJECT_DUPLICATES,
			      &error), "a duplicate key is accepted");
	json_must(json_error_code(&error) == json_error_duplicate_key,
		  "a duplicate key has another error");
	json_must(!json_loads("[1,", 0, &error), "half a text is accepted");
	json_must(json_error_code(&error) == json_error_premature_end_of_input,
		  "half a text has another error");
}

int main(void)
{
	json_test_round_trip();
	json_test_values();
	json_test_errors();
	return 0;
}
