; The installer for Windows: for one user, without administrator rights.
;
; makensis -DVERSION=… -DVERSION_NUMBERS=… -DSOURCE=… -DOUTPUT=… -DICON=… -DAPP_ID=… -DLICENCE=… installer.nsi
; is what `packaging/build.py installer` calls. Silently: /S, with /D=C:\Folder as the last word for another
; folder, /NODESKTOP without the shortcut on the desktop. The uninstaller knows /S and /DELETEDATA.
;
; Exit codes: 0 done, 1 cancelled, 2 it could not be done; silently the reason is in the file that /LOG=… names.

Unicode true
Target amd64-unicode
ManifestSupportedOS Win10
ManifestDPIAware true
ManifestLongPathAware true
RequestExecutionLevel user
!ifdef QUICK
  ; Larger, for trials.
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
!ifdef SIGN_COMMAND
  !uninstfinalize '${SIGN_COMMAND}' = 0
!endif

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define PRODUCT "Render Manager"
!define PROGRAM "render-manager"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\RenderManager"
!define CAPABILITIES "Software\RenderManager\Capabilities"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define SCENE_ID "RenderManager.Scene"
!define OLDEST_BUILD 17763

Name "${PRODUCT}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${PRODUCT}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${PRODUCT} ${VERSION}"
SetOverwrite on
AllowSkipFiles off

VIProductVersion "${VERSION_NUMBERS}"
VIFileVersion "${VERSION_NUMBERS}"
VIAddVersionKey "ProductName" "${PRODUCT}"
VIAddVersionKey "CompanyName" "${PRODUCT}"
VIAddVersionKey "FileDescription" "${PRODUCT} Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT License"

Var LogFile
Var WasRunning
Var OnDesktop
Var DeletesData
Var DataBox

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_LANGDLL_REGISTRY_ROOT HKCU
!define MUI_LANGDLL_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MUI_LANGDLL_REGISTRY_VALUENAME "InstallerLanguage"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
UninstPage custom un.AskForData un.TakeAnswer
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "installer-texts.nsh"

!insertmacro GetParameters
!insertmacro GetOptions

; Writes a line into the list of what is done, and into the log of a silent installation.
!macro Tell TEXT
  DetailPrint "${TEXT}"
  ${If} $LogFile != ""
    FileOpen $R9 "$LogFile" a
    FileSeek $R9 0 END
    FileWriteUTF16LE $R9 "${TEXT}$\r$\n"
    FileClose $R9
  ${EndIf}
!macroend
!define Tell "!insertmacro Tell"

; Ends with a sentence, in a box or silently in the log.
!macro GiveUp TEXT
  ${Tell} "${TEXT}"
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend
!define GiveUp "!insertmacro GiveUp"

!macro ReadLogOption
  StrCpy $LogFile ""
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/LOG=" $LogFile
  ${If} ${Errors}
    StrCpy $LogFile ""
  ${EndIf}
!macroend

; Two installers at a time would write the same files.
!macro AllowOneOnly
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "RenderManagerSetup") p .r1 ?e'
  Pop $R0
  ${If} $R0 = 183
    ${GiveUp} "$(SETUP_IS_RUNNING)"
  ${EndIf}
!macroend

; Leaves 1 in $R0 while a program of ours in $INSTDIR is running: its file cannot be written then.
!macro LookWhetherRunning UN
Function ${UN}LookWhetherRunning
  StrCpy $R0 0
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}.exe"
    FileOpen $R1 "$INSTDIR\${PROGRAM}.exe" a
    ${If} ${Errors}
      StrCpy $R0 1
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}-cli.exe"
    FileOpen $R1 "$INSTDIR\${PROGRAM}-cli.exe" a
    ${If} ${Errors}
      StrCpy $R0 1
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
FunctionEnd

; Has a running program close in an orderly way; $R0 is 1 if one is running still.
Function ${UN}EndRunning
  Call ${UN}LookWhetherRunning
  ${If} $R0 = 0
    Return
  ${EndIf}
  StrCpy $WasRunning 1
  MessageBox MB_OKCANCEL|MB_ICONINFORMATION "$(PROGRAM_IS_RUNNING)" /SD IDOK IDOK +4
    SetErrorLevel 1
    ${Tell} "$(PROGRAM_IS_RUNNING)"
    Quit
  ${Do}
    ${Tell} "$(CLOSES_PROGRAM)"
    nsExec::ExecToLog '"$INSTDIR\${PROGRAM}-cli.exe" quit --timeout 60'
    Pop $R2
    StrCpy $R3 0
    ${Do}
      Call ${UN}LookWhetherRunning
      ${If} $R0 = 0
      ${OrIf} $R3 >= 40
        ${ExitDo}
      ${EndIf}
      ; The system lets go of a program's file a moment after it has ended.
      Sleep 250
      IntOp $R3 $R3 + 1
    ${Loop}
    ${If} $R0 = 0
      ${ExitDo}
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(PROGRAM_STAYS)" /SD IDCANCEL IDRETRY +2
      ${ExitDo}
  ${Loop}
FunctionEnd
!macroend
!insertmacro LookWhetherRunning ""
!insertmacro LookWhetherRunning "un."

Function .onInit
  !insertmacro ReadLogOption
  StrCpy $WasRunning 0
  SetShellVarContext current
  SetRegView 64
  ${IfNot} ${RunningX64}
    ${GiveUp} "$(NEEDS_64_BIT)"
  ${EndIf}
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    ${GiveUp} "$(NEEDS_WINDOWS_10)"
  ${EndIf}
  !insertmacro AllowOneOnly
  ${GetParameters} $R0
  StrCpy $OnDesktop 1
  ClearErrors
  ${GetOptions} $R0 "/NODESKTOP" $R1
  ${IfNot} ${Errors}
    StrCpy $OnDesktop 0
  ${EndIf}
  !insertmacro MUI_LANGDLL_DISPLAY
FunctionEnd

; Makes a shortcut whose task bar button, pins and notifications are the program's own.
; $R0: where it goes. Without the identity it works as well, so failures are not told.
Function MakeShortcut
  CreateShortcut "$R0" "$INSTDIR\${PROGRAM}.exe" "" "$INSTDIR\${PROGRAM}.exe" 0
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("$R0", 2)'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
      ${If} $2 P<> 0
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r3'
        System::Call '*(&w128 "${APP_ID}")p.r5'
        System::Call '*(&i2 ${VT_LPWSTR},&i6 0,p r5,p 0)p.r4'
        ${IPropertyStore::SetValue} $2 '($3,$4)'
        ${IPropertyStore::Commit} $2 ""
        System::Free $5
        System::Free $4
        System::Free $3
        ${IUnknown::Release} $2 ""
      ${EndIf}
      ${IPersistFile::Save} $1 '("$R0", 1)'
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
FunctionEnd

; Offers the program for a kind of file. Whichever program opens it by default stays the one that does.
!macro OfferFor ENDING
  WriteRegNone HKCU "Software\Classes\${ENDING}\OpenWithProgids" "${SCENE_ID}"
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe\SupportedTypes" "${ENDING}" ""
  WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" "${ENDING}" "${SCENE_ID}"
!macroend

!macro OfferNoMoreFor ENDING
  DeleteRegValue HKCU "Software\Classes\${ENDING}\OpenWithProgids" "${SCENE_ID}"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ENDING}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ENDING}"
!macroend

; The new files go beside the old ones first: what is interrupted or finds the disk full leaves a whole program.
Section "!$(PROGRAM_SECTION)" ProgramSection
  SectionIn RO
  SetShellVarContext current
  SetRegView 64
  Call EndRunning
  ${If} $R0 = 1
    ${GiveUp} "$(PROGRAM_STAYS)"
  ${EndIf}
  ${Tell} "$(COPIES_FILES)"
  RMDir /r "$INSTDIR\_new"
  ClearErrors
  SetOutPath "$INSTDIR\_new"
  ${If} ${Errors}
    ${GiveUp} "$(CANNOT_WRITE)"
  ${EndIf}
  File /r "${SOURCE}\*.*"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\_new"
    ${GiveUp} "$(CANNOT_WRITE)"
  ${EndIf}
  SetOutPath "$INSTDIR"
  Call PutInPlace
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call WriteKeys
  CreateDirectory "$SMPROGRAMS"
  StrCpy $R0 "$SMPROGRAMS\${PRODUCT}.lnk"
  Call MakeShortcut
SectionEnd

Section "$(DESKTOP_SECTION)" DesktopSection
  SetShellVarContext current
  ${If} $OnDesktop = 1
    StrCpy $R0 "$DESKTOP\${PRODUCT}.lnk"
    Call MakeShortcut
  ${EndIf}
SectionEnd

Section "$(FILES_SECTION)" FilesSection
  SetRegView 64
  !insertmacro OfferFor ".blend"
  !insertmacro OfferFor ".ma"
  !insertmacro OfferFor ".mb"
  !insertmacro OfferFor ".uproject"
  WriteRegStr HKCU "Software\RegisteredApplications" "${PRODUCT}" "${CAPABILITIES}"
SectionEnd

Section "-Finish"
  ; Explorer is told that there is a new program for these files.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${Tell} "$(IS_INSTALLED)"
  ${If} ${Silent}
  ${AndIf} $WasRunning = 1
    Call StartProgram
  ${EndIf}
SectionEnd

; Replaces what is in $INSTDIR by what is in $INSTDIR\_new; renaming takes a moment, or does not happen.
Function PutInPlace
  ClearErrors
  RMDir /r "$INSTDIR\_old"
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\_internal\*.*"
    Rename "$INSTDIR\_internal" "$INSTDIR\_old"
    ${If} ${Errors}
      RMDir /r "$INSTDIR\_new"
      ${GiveUp} "$(IN_USE)"
    ${EndIf}
  ${EndIf}
  Rename "$INSTDIR\_new\_internal" "$INSTDIR\_internal"
  CopyFiles /SILENT "$INSTDIR\_new\*.*" "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\_internal"
    Rename "$INSTDIR\_old" "$INSTDIR\_internal"
    RMDir /r "$INSTDIR\_new"
    ${GiveUp} "$(IN_USE)"
  ${EndIf}
  RMDir /r "$INSTDIR\_new"
  RMDir /r "$INSTDIR\_old"
FunctionEnd

Function WriteKeys
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}" "" "$(SCENE)"
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\DefaultIcon" "" '"$INSTDIR\${PROGRAM}.exe",0'
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\shell\open" "FriendlyAppName" "${PRODUCT}"
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe" "FriendlyAppName" "${PRODUCT}"
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "${PRODUCT}"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "$(DESCRIPTION)"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${PRODUCT}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PRODUCT}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" '"$INSTDIR\${PROGRAM}.exe",0'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $R0 $R1 $R2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $R0
FunctionEnd

; Explorer starts it: a program that the installer started itself would hold the installer's folder and mutex.
Function StartProgram
  SetOutPath "$PROFILE"
  ExecShell "open" "$INSTDIR\${PROGRAM}.exe"
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${ProgramSection} $(PROGRAM_SECTION_TEXT)
  !insertmacro MUI_DESCRIPTION_TEXT ${DesktopSection} $(DESKTOP_SECTION_TEXT)
  !insertmacro MUI_DESCRIPTION_TEXT ${FilesSection} $(FILES_SECTION_TEXT)
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function un.onInit
  !insertmacro ReadLogOption
  SetShellVarContext current
  SetRegView 64
  !insertmacro AllowOneOnly
  StrCpy $DeletesData 0
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/DELETEDATA" $R1
  ${IfNot} ${Errors}
    StrCpy $DeletesData 1
  ${EndIf}
  !insertmacro MUI_UNGETLANGUAGE
FunctionEnd

Function un.AskForData
  !insertmacro MUI_HEADER_TEXT "$(DATA_TITLE)" "$(DATA_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateLabel} 0 0 100% 36u "$(DATA_TEXT)"
  Pop $R0
  ${NSD_CreateCheckbox} 0 44u 100% 24u "$(DATA_BOX)"
  Pop $DataBox
  nsDialogs::Show
FunctionEnd

Function un.TakeAnswer
  ${NSD_GetState} $DataBox $R0
  ${If} $R0 = ${BST_CHECKED}
    StrCpy $DeletesData 1
  ${Else}
    StrCpy $DeletesData 0
  ${EndIf}
FunctionEnd

; Takes away our values of the Run key: one for each set of data that starts with the computer.
Function un.DropAutostart
  StrCpy $R0 0
  ${Do}
    EnumRegValue $R1 HKCU "${RUN_KEY}" $R0
    ${If} $R1 == ""
      ${ExitDo}
    ${EndIf}
    ReadRegStr $R2 HKCU "${RUN_KEY}" $R1
    StrLen $R3 "$INSTDIR\"
    StrCpy $R4 $R2 $R3 1
    StrCpy $R5 $R2 $R3
    ${If} $R4 == "$INSTDIR\"
    ${OrIf} $R5 == "$INSTDIR\"
      DeleteRegValue HKCU "${RUN_KEY}" $R1
    ${Else}
      IntOp $R0 $R0 + 1
    ${EndIf}
  ${Loop}
FunctionEnd

Section "Uninstall"
  SetShellVarContext current
  SetRegView 64
  Call un.EndRunning
  ${If} $R0 = 1
    ${GiveUp} "$(PROGRAM_STAYS)"
  ${EndIf}
  SetOutPath "$TEMP"
  ; Only what was installed: the folder may be one that holds other things as well.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\_new"
  RMDir /r "$INSTDIR\_old"
  Delete "$INSTDIR\${PROGRAM}.exe"
  Delete "$INSTDIR\${PROGRAM}-cli.exe"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\THIRD-PARTY-NOTICES.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${PRODUCT}.lnk"
  Delete "$DESKTOP\${PRODUCT}.lnk"
  !insertmacro OfferNoMoreFor ".blend"
  !insertmacro OfferNoMoreFor ".ma"
  !insertmacro OfferNoMoreFor ".mb"
  !insertmacro OfferNoMoreFor ".uproject"
  DeleteRegKey HKCU "Software\Classes\${SCENE_ID}"
  DeleteRegKey HKCU "Software\Classes\Applications\${PROGRAM}.exe"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${PRODUCT}"
  DeleteRegKey HKCU "Software\RenderManager"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  Call un.DropAutostart
  ${If} $DeletesData = 1
    RMDir /r "$LOCALAPPDATA\RenderManager"
  ${EndIf}
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${Tell} "$(IS_REMOVED)"
SectionEnd
