/* Qt 6 imports the converter functions of Windows' own ICU, which wine does not have; for trials only, never
   shipped. No converter can be opened, so that Qt uses its own codecs. */
#define ANSWERS(name, type, answer) \
    __declspec(dllexport) type name(void) { return answer; }

__declspec(dllexport) void *ucnv_open(const char *name, int *error) {
    (void)name;
    *error = 16; /* U_UNSUPPORTED_ERROR */
    return 0;
}
ANSWERS(ucnv_getMaxCharSize, signed char, 1)
ANSWERS(ucnv_getName, const char *, "")
ANSWERS(ucnv_toUCountPending, int, 0)
ANSWERS(ucnv_fromUCountPending, int, 0)
ANSWERS(ucnv_getStandardName, const char *, 0)
ANSWERS(ucnv_getAvailableName, const char *, 0)
ANSWERS(ucnv_countAvailable, int, 0)

#define DOES_NOTHING(name) \
    __declspec(dllexport) void name(void) {}

DOES_NOTHING(ucnv_close)
DOES_NOTHING(ucnv_reset)
DOES_NOTHING(ucnv_getToUCallBack)
DOES_NOTHING(ucnv_getFromUCallBack)
DOES_NOTHING(ucnv_setToUCallBack)
DOES_NOTHING(ucnv_setFromUCallBack)
DOES_NOTHING(ucnv_cbToUWriteUChars)
DOES_NOTHING(ucnv_cbFromUWriteUChars)
DOES_NOTHING(ucnv_toUnicode)
DOES_NOTHING(ucnv_fromUnicode)
DOES_NOTHING(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
DOES_NOTHING(UCNV_TO_U_CALLBACK_SUBSTITUTE)
