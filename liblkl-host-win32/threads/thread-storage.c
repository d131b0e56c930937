// SPDX-License-Identifier: GPL-2.0
/*
 * Thread-local storage.  Windows has two kinds: TLS is fast, but reports no end
 * of a thread; FLS does.  So a value is in TLS, and a note for the end of the
 * thread is in FLS.
 */
#include <windows.h>
#include <stdbool.h>
#include <stdlib.h>

#include <lkl.h>

#include "base/error.h"
#include "threads/thread-storage.h"

struct lkl_tls_key {
	DWORD tls;
	DWORD fls;
	void (*destructor)(void *data);
};

/**
 * struct storage_note - a thread has a value for a key
 * @key:	the key
 * @data:	the value
 */
struct storage_note {
	struct lkl_tls_key *key;
	void *data;
};

BOOLEAN NTAPI RtlDllShutdownInProgress(void);

/*
 * Call the destructor for a thread that ends.  The system also calls this
 * function in FlsFree(), and at the end of the process, when all other threads
 * are gone already: a destructor that waits for one would hang.
 */
static void NTAPI storage_thread_end(void *arg)
{
	struct storage_note *note = arg;

	if (!note)
		return;
	if (note->key->destructor && note->data &&
	    !RtlDllShutdownInProgress()) {
		/* Whatever the thread still calls must not find freed memory. */
		TlsSetValue(note->key->tls, NULL);
		/* So that the destructor can set another value without memory */
		FlsSetValue(note->key->fls, note);
		note->key->destructor(note->data);
		FlsSetValue(note->key->fls, NULL);
	}
	free(note);
}

/*
 * Keep the library with @code until the process ends, even if the program
 * unloads the library: threads call the code when they end.
 */
static void storage_keep_code(const void *code)
{
	HMODULE library;

	GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
			   GET_MODULE_HANDLE_EX_FLAG_PIN, code, &library);
}

struct lkl_tls_key *lkl_host_win32_tls_alloc(void (*destructor)(void *))
{
	struct lkl_tls_key *key = malloc(sizeof(*key));

	if (!key)
		return NULL;
	storage_keep_code((void *)storage_thread_end);
	if (destructor)
		storage_keep_code((void *)destructor);
	key->destructor = destructor;
	key->tls = TlsAlloc();
	key->fls = FlsAlloc(storage_thread_end);
	if (key->tls != TLS_OUT_OF_INDEXES && key->fls != FLS_OUT_OF_INDEXES)
		return key;
	if (key->tls != TLS_OUT_OF_INDEXES)
		TlsFree(key->tls);
	if (key->fls != FLS_OUT_OF_INDEXES)
		FlsFree(key->fls);
	free(key);
	return NULL;
}

void lkl_host_win32_tls_free(struct lkl_tls_key *key)
{
	if (!key)
		return;
	/* The notes of all threads are freed; their values stay. */
	key->destructor = NULL;
	FlsFree(key->fls);
	TlsFree(key->tls);
	free(key);
}

int lkl_host_win32_tls_set(struct lkl_tls_key *key, void *data)
{
	struct storage_note *note = FlsGetValue(key->fls);

	if (!note && data) {
		note = malloc(sizeof(*note));
		if (!note)
			return -LKL_ENOMEM;
		note->key = key;
		note->data = NULL;
		if (!FlsSetValue(key->fls, note)) {
			free(note);
			return lkl_host_win32_last_error();
		}
	}
	if (note)
		note->data = data;
	return TlsSetValue(key->tls, data) ? 0 : lkl_host_win32_last_error();
}

void *lkl_host_win32_tls_get(struct lkl_tls_key *key)
{
	return TlsGetValue(key->tls);
}
