/* Qt's platform plug-in asks for colour profiles with functions that wine lacks and ends the process for; for
   trials only, never shipped. There is no profile, as on a screen without one. */
#include <windows.h>

__declspec(dllexport) HANDLE WINAPI OpenColorProfileW(void *profile, DWORD access, DWORD share, DWORD mode) {
    return NULL;
}

__declspec(dllexport) BOOL WINAPI CloseColorProfile(HANDLE profile) { return TRUE; }

__declspec(dllexport) BOOL WINAPI GetColorProfileFromHandle(HANDLE profile, void *data, DWORD *length) {
    return FALSE;
}

__declspec(dllexport) HANDLE WINAPI WcsCreateIccProfile(HANDLE profile, DWORD options) { return NULL; }
